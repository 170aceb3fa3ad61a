import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { stopService } from '../../cli/up/processes.ts';
import { encodeJob } from '../../services/runtime/index.ts';
import { idsOf, publishJobs, takeAll } from '../integration/jobs.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';

let harness: JobHarness;
const supervisor = { on: false };
beforeEach(() => {
  supervisor.on = true;
});
afterEach(async () => {
  supervisor.on = false;
  await harness.close();
});

const MAX_ATTEMPTS = 3;
/** Says what it begins; the jobs of the run `deadly` end the process. */
const deadly = () =>
  harness.fleet.file(
    'deadly.mjs',
    `export async function handle({ id, runId }, { attempt, redelivered }) {
      console.log(JSON.stringify({ msg: 'begun', id, attempt, redelivered }));
      if (runId === 'deadly') process.exit(7);
    }`,
  );

/** Starts the consumer again whenever it dies, as a kubelet does. @returns how often it died so far */
function supervised(env: Readonly<Record<string, string>>) {
  const deaths = { count: 0 };
  const start = () => {
    void harness.startConsumer(env).ended.then(() => {
      if (!supervisor.on) return;
      deaths.count += 1;
      start();
    });
  };
  start();
  return deaths;
}

async function parksTheDeadlyAndDoesTheOthers(): Promise<void> {
  await publishJobs(harness, 'deadly', 1);
  await publishJobs(harness, 'good', 20);
  const deaths = supervised({ HANDLER: deadly(), MAX_ATTEMPTS: String(MAX_ATTEMPTS) });
  await eventually('it is parked', async () => (await harness.count('jobs.parked')) === 1, 60);
  await eventually('the others are done', async () => harness.ended('succeeded').length >= 20);
  const begun = harness.of('begun').filter(({ id }) => id === 'deadly-0');
  expect(begun.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(begun.map(({ redelivered }) => redelivered)).toEqual([false, true, true]);
  expect(deaths.count).toBe(MAX_ATTEMPTS);
  expect([...new Set(harness.ended('succeeded'))].sort()).toEqual(idsOf('good', 20).sort());
  const [parked] = await takeAll(harness, 'jobs.parked');
  expect(parked?.properties.messageId).toBe('deadly-0');
  expect(parked?.properties.headers).toMatchObject({
    ...{
      'x-sluice-attempts': 3,
      'x-sluice-reason': 'attempts exhausted: 3 deliveries ended without an answer',
    },
  });
  const metrics = await (await harness.get('consumer', '/metrics')).text();
  expect(metrics).toMatch(/jobs_parked_total\{reason="deliveries_lost",component="consumer"\} 1\n/);
}

it('a job that kills its worker is delivered MAX_ATTEMPTS times, then parked, and the others are done', async () => {
  harness = await JobHarness.open(inject('broker'), 0.5);
  await parksTheDeadlyAndDoesTheOthers();
});

/** Queues of type quorum, from which the broker drops what was delivered more than twice. */
async function openLimited(): Promise<void> {
  harness = await JobHarness.open(inject('broker'), 0.5, { defaultQueueType: 'quorum' });
  const policy = `policies/${harness.vhost.name}/jobs`;
  const { definition } = (await (await harness.vhost.api('GET', policy)).json()) as { definition: object };
  await harness.vhost.api('PUT', policy, {
    ...{ pattern: '^jobs$', 'apply-to': 'queues', definition: { ...definition, 'delivery-limit': 1 } },
  });
}

it('the same on quorum queues with a delivery limit: the broker drops none of them', async () => {
  await openLimited();
  await parksTheDeadlyAndDoesTheOthers();
});

it('what the broker drops itself by a delivery limit is parked', async () => {
  await openLimited();
  await publishJobs(harness, 'run', 1);
  await harness.returnToQueue('jobs', 2);
  await eventually('it is parked', async () => (await harness.count('jobs.parked')) === 1);
});

const MIB = 1024 * 1024;
const POD_MIB = 128;

/**
 * The most memory of its own that a process has while something happens, MiB. The pages of the program's file, some
 * 50 MiB, are not in it: the kernel drops them where a pod has no room.
 */
async function mostMemory(pid: number | undefined, happens: Promise<unknown>): Promise<number> {
  let mostMiB = 0;
  const look = () => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    mostMiB = Math.max(mostMiB, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024);
  };
  const timer = setInterval(look, 5);
  await happens.finally(() => clearInterval(timer));
  look();
  return mostMiB;
}

it('a job of 20 MB is parked unread within the memory of a pod, and the others are done', async () => {
  harness = await JobHarness.open(inject('broker'), 0.5);
  const huge = { ...JSON.parse(encodeJob('huge', 0, Date.now()).toString()), filling: '[],'.repeat(7 * MIB) };
  await harness.send(JSON.stringify(huge), { messageId: 'huge-0' });
  await publishJobs(harness, 'good', 20);
  const consumer = harness.startConsumer();
  expect(await mostMemory(consumer.child.pid, harness.untilSaid('job processed', 21))).toBeLessThan(POD_MIB);
  expect(harness.ended('succeeded')).toEqual(idsOf('good', 20));
  expect(harness.ended('parked')).toEqual(['huge-0']);
  const [parked] = await takeAll(harness, 'jobs.parked');
  expect(parked?.content.length).toBeGreaterThan(20 * MIB);
  expect(parked?.properties.headers?.['x-sluice-reason']).toMatch(/^invalid message: the body \(\d+ bytes\)/);
});

it('a job larger than the memory of a pod is kept, and counted, and the others are done', async () => {
  harness = await JobHarness.open(inject('broker'), 0.5);
  await harness.send('[],'.repeat(20 * MIB), { messageId: 'huge-0' });
  await publishJobs(harness, 'good', 20);
  const consumer = harness.startConsumer();
  // What was let pass is garbage until it is collected. The body alone has 60 MiB.
  expect(await mostMemory(consumer.child.pid, harness.untilSaid('job processed', 20))).toBeLessThan(POD_MIB);
  expect(harness.ended('succeeded')).toEqual(idsOf('good', 20));
  expect(harness.of('job too large to be parked')).toMatchObject([{ jobId: 'huge-0', bytes: 60 * MIB }]);
  expect(await (await harness.get('consumer', '/metrics')).text()).toMatch(/^jobs_held\S* 1$/m);
  expect(await stopService(consumer, 10)).toBe(0);
  expect([await harness.count(), await harness.count('jobs.parked')]).toEqual([1, 0]);
});
