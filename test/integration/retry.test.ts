import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { encodeJob } from '../../services/runtime/index.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { idsOf, outcomes, publishJobs, takeAll } from './jobs.ts';

let harness: JobHarness;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'), 0.2);
});
afterEach(() => harness.close());

const JOBS = 10;
const handler = (source: string) => ({
  HANDLER: harness.fleet.file('handler.mjs', `export function handle(job, { attempt }) { ${source} }`),
});
const failsOnce = () => handler("if (attempt === 1) throw new Error('boom');");
const failsAlways = () => handler("throw new Error('boom');");
const path = (kind: string, name: string) => `${kind}/${harness.vhost.name}/${name}`;

/** Ids of all that is in the queues once nothing is in flight, sorted. */
async function everywhere(): Promise<string[]> {
  const queues = ['jobs', 'jobs.retry', 'jobs.parked'];
  const messages = (await Promise.all(queues.map((queue) => takeAll(harness, queue)))).flat();
  return messages.map(({ properties }) => String(properties.messageId)).sort();
}

async function stopped(consumer: ReturnType<JobHarness['startConsumer']>): Promise<void> {
  consumer.child.kill('SIGTERM');
  expect(await consumer.ended).toBe(0);
}

describe('jobs that fail once are all somewhere', () => {
  it('are retried although an operator set a policy of higher priority on the work queue', async () => {
    await harness.vhost.api('PUT', path('policies', 'operator'), {
      ...{ pattern: '^jobs$', 'apply-to': 'queues', priority: 10, definition: { 'max-length': 100_000 } },
    });
    await publishJobs(harness, 'run', JOBS);
    const consumer = harness.startConsumer(failsOnce());
    await harness.untilSaid('job processed', 2 * JOBS);
    expect(harness.ended('retried').sort()).toEqual(idsOf('run', JOBS));
    expect(harness.ended('succeeded').sort()).toEqual(idsOf('run', JOBS));
    await stopped(consumer);
    expect(await everywhere()).toEqual([]);
  });

  it('stay in the retry queue when its policy is gone', async () => {
    for (const policy of ['jobs', 'jobs.retry']) await harness.vhost.api('DELETE', path('policies', policy));
    await publishJobs(harness, 'run', JOBS);
    const consumer = harness.startConsumer(failsOnce());
    await harness.untilSaid('job processed', JOBS);
    await stopped(consumer);
    expect(await harness.count('jobs.retry')).toBe(JOBS);
    expect(await everywhere()).toEqual(idsOf('run', JOBS));
  });

  it('return to their queue when the exchange is gone, which the consumer says at its start', async () => {
    await publishJobs(harness, 'run', JOBS);
    await harness.vhost.api('DELETE', path('exchanges', 'jobs'));
    const consumer = harness.startConsumer(failsOnce());
    const [said] = await harness.untilSaid('retry and parking not possible');
    expect(said?.missing).toEqual(['exchange jobs']);
    // All are tried, for each makes place for the next; none is done.
    await harness.untilSaid('attempt failed', JOBS);
    await harness.untilSaid('not republished');
    expect(JSON.stringify(harness.of('not republished')[0]?.err)).toContain("no exchange 'jobs'");
    await stopped(consumer);
    expect(outcomes(harness)).toEqual([]);
    expect(await everywhere()).toEqual(idsOf('run', JOBS));
  });

  it('outlive the exchange while they wait in the retry queue', async () => {
    await publishJobs(harness, 'run', JOBS);
    const consumer = harness.startConsumer(failsOnce());
    await harness.untilSaid('attempt failed', JOBS);
    await harness.vhost.api('DELETE', path('exchanges', 'jobs'));
    await stopped(consumer);
    await eventually('the retries are back', async () => (await harness.count('jobs.retry')) === 0);
    // Where the consumer ends late, some were tried again by then.
    const whereabouts = [...(await everywhere()), ...harness.ended('succeeded')];
    expect(whereabouts.sort()).toEqual(idsOf('run', JOBS));
  });
});

it('attempts are counted by the retry path alone, whatever headers a publisher wrote', async () => {
  const rejected = (count: number) => ({ reason: 'rejected', queue: 'jobs', exchange: 'jobs', count });
  const headers = {
    forged: { 'x-death': [rejected(-1_000_000)] },
    own: { 'x-sluice-failed': -1_000_000, 'x-sluice-lost': -5 },
    // An older consumer left it: two attempts of three are over.
    older: { 'x-death': [rejected(2)] },
  };
  for (const [run, header] of Object.entries(headers))
    await harness.send(encodeJob(run, 0, Date.now()), { headers: header, messageId: run });
  const consumer = harness.startConsumer({ ...failsAlways(), MAX_ATTEMPTS: '3' });
  await eventually('all are parked', async () => (await harness.count('jobs.parked')) === 3);
  const saidParked = () => outcomes(harness).filter((each) => each.endsWith(':parked')).length;
  await eventually('the consumer has said so', async () => saidParked() === 3);
  const of = (run: string) => outcomes(harness).filter((each) => each.startsWith(`${run}-0:`));
  for (const run of ['forged', 'own'])
    expect(of(run)).toEqual([`${run}-0:retried`, `${run}-0:retried`, `${run}-0:parked`]);
  expect(of('older')).toEqual(['older-0:parked']);
  await stopped(consumer);
});

it('a retry is not routed again to the queues that a publisher named in CC', async () => {
  await harness.send(encodeJob('run', 0, Date.now()), { headers: { CC: ['jobs.parked'] } });
  await eventually('the copy is there', async () => (await harness.count('jobs.parked')) === 1);
  await takeAll(harness, 'jobs.parked');
  const consumer = harness.startConsumer(failsOnce());
  await harness.untilSaid('job processed', 2);
  await stopped(consumer);
  expect(await everywhere()).toEqual([]);
});
