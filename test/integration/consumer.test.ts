import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventually, JobHarness } from '../support/job-harness.ts';

let harness: JobHarness;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
});
afterEach(() => harness.close());

const job = (id: string) =>
  JSON.stringify({ schema: 'sluice.job/v1', id, runId: 'hand', index: 0, enqueuedAt: Date.now() });

/** A handler module of the test's own. */
const handler = (source: string) => ({ HANDLER: harness.fleet.file('handler.mjs', source) });

/** Says that it began, then works forever: until it is killed, or its file is there. */
const endless = `export const handle = (job) => {
  console.log(JSON.stringify({ msg: 'job begun', jobId: job.id }));
  return new Promise(() => setInterval(() => {}, 1000));
};`;

const untilFile = (path: string) => `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export async function handle(job) {
  console.log(JSON.stringify({ msg: 'job begun', jobId: job.id }));
  while (!existsSync(${JSON.stringify(path)})) await sleep(5);
}`;

describe('a consumer that is killed while it works', () => {
  it('loses nothing: another one gets the job, marked as redelivered', async () => {
    for (const id of ['a', 'b', 'c']) await harness.send(job(id));
    const victim = harness.startConsumer(handler(endless));
    await harness.untilSaid('job begun');
    victim.child.kill('SIGKILL');
    expect(await victim.ended).toBe(128);
    harness.startConsumer();
    const lines = await harness.untilSaid('job processed', 3);
    // It goes behind the others: it may have been what killed the first.
    expect(lines.map(({ jobId, redelivered }) => [jobId, redelivered])).toEqual([
      ['b', false],
      ['c', false],
      ['a', true],
    ]);
    expect(harness.of('delivery lost')).toMatchObject([{ jobId: 'a', 'x-sluice-lost': 1 }]);
    await eventually('the queue is empty', async () => (await harness.count()) === 0);
  });
});

describe('on SIGTERM', () => {
  it('finishes and acknowledges the job in flight, takes no other, and ends with 0', async () => {
    for (const id of ['a', 'b']) await harness.send(job(id));
    const go = `${harness.fleet.directory}/go`;
    const consumer = harness.startConsumer(handler(untilFile(go)));
    await harness.untilSaid('job begun');
    consumer.child.kill('SIGTERM');
    await harness.untilSaid('stopping');
    harness.fleet.file('go', '');
    expect(await consumer.ended).toBe(0);
    expect(harness.ended('succeeded')).toEqual(['a']);
    const left = await harness.take();
    expect(left && [JSON.parse(left.content.toString()).id, left.fields.redelivered]).toEqual(['b', false]);
    expect(await harness.take()).toBe(false);
  });

  it('ends with 1 when the job in flight outlasts the deadline, and the job comes again', async () => {
    await harness.send(job('a'));
    const consumer = harness.startConsumer({ ...handler(endless), STOP_DEADLINE_SECONDS: '0.2' });
    await harness.untilSaid('job begun');
    consumer.child.kill('SIGTERM');
    expect(await consumer.ended).toBe(1);
    expect(harness.of('not stopped within the deadline')).toHaveLength(1);
    await eventually('the job is back', async () => (await harness.count()) === 1);
    const left = await harness.take();
    expect(left).toMatchObject({ fields: { redelivered: true } });
  });

  it('ends with 0 at once when it has nothing in flight', async () => {
    const consumer = harness.startConsumer();
    await harness.untilSaid('connected');
    consumer.child.kill('SIGTERM');
    expect(await consumer.ended).toBe(0);
  });
});

describe('a poison message', () => {
  it('is parked at once when it is no job, with its body and the reason, and the next one is served', async () => {
    await harness.send('{ not json', { messageId: 'm-1', headers: { kept: 'yes' }, expiration: '60000' });
    await harness.send(JSON.stringify({ schema: 'sluice.job/v9', id: 7 }));
    await harness.send(job('good'));
    harness.startConsumer();
    await harness.untilSaid('job processed', 3);
    expect(harness.ended('succeeded')).toEqual(['good']);
    const broken = await harness.take('jobs.parked');
    const foreign = await harness.take('jobs.parked');
    if (!broken || !foreign) throw new Error('both are parked');
    expect(broken.content.toString()).toBe('{ not json');
    expect(broken.properties).toMatchObject({
      ...{ messageId: 'm-1', deliveryMode: 2, expiration: undefined },
      headers: {
        ...{ kept: 'yes', 'x-sluice-attempts': 0 },
        'x-sluice-reason': 'invalid message: the body must be JSON',
      },
    });
    expect(foreign.properties.headers?.['x-sluice-reason']).toContain(
      `'schema' ("sluice.job/v9") must be 'sluice.job/v1'; 'id' (7) must be a non-empty string`,
    );
  });

  it('is parked after its attempts when its work always fails, each attempt later than the one before', async () => {
    await harness.send(job('bad'));
    await harness.send(job('good'));
    const source = `export function handle(job, { attempt }) {
      console.log(JSON.stringify({ msg: 'attempt', jobId: job.id, attempt }));
      if (job.id === 'bad') throw new Error('boom');
    }`;
    harness.startConsumer({ ...handler(source), MAX_ATTEMPTS: '3' });
    await harness.untilSaid('job processed', 4);
    expect(harness.ended('retried')).toEqual(['bad', 'bad']);
    expect(harness.ended('parked')).toEqual(['bad']);
    expect(harness.ended('succeeded')).toEqual(['good']);
    expect(harness.of('attempt').filter(({ jobId }) => jobId === 'bad')).toMatchObject([
      ...[{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }],
    ]);
    const parked = await harness.take('jobs.parked');
    if (!parked) throw new Error('it is parked');
    const { headers } = parked.properties;
    expect(headers).toMatchObject({ 'x-sluice-reason': 'attempts exhausted: boom', 'x-sluice-attempts': 3 });
    expect(Object.keys(headers ?? {}).filter((name) => name.includes('death'))).toEqual([]);
    expect([await harness.count(), await harness.count('jobs.retry')]).toEqual([0, 0]);
  });

  it('stays unacked as long as the parking queue is missing, and the next one is served', async () => {
    await harness.vhost.api('DELETE', `queues/${harness.vhost.name}/jobs.parked`);
    await harness.send('no job');
    await harness.send(job('good'));
    harness.startConsumer();
    await harness.untilSaid('not republished', 2);
    await harness.untilSaid('job processed');
    expect(harness.of('retry and parking not possible')).toMatchObject([{ missing: ['queue jobs.parked'] }]);
    await harness.vhost.api('PUT', `queues/${harness.vhost.name}/jobs.parked`, { durable: true });
    await harness.vhost.api('POST', `bindings/${harness.vhost.name}/e/jobs/q/jobs.parked`, {
      routing_key: 'jobs.parked',
    });
    await eventually('it is parked', async () => (await harness.count('jobs.parked')) === 1);
  });
});

it('is ready while it consumes, and counts what it did', async () => {
  await harness.send(job('a'));
  harness.startConsumer();
  const get = (path: string) => harness.get('consumer', path);
  await eventually('it is ready', async () => (await get('/readyz')).ok);
  await harness.untilSaid('job processed');
  const metrics = await (await get('/metrics')).text();
  for (const series of [
    'jobs_processed_total{outcome="succeeded",component="consumer"} 1',
    'jobs_processed_total{outcome="parked",component="consumer"} 0',
    'job_duration_seconds_count{component="consumer"} 1',
    'job_wait_seconds_count{component="consumer"} 1',
    'jobs_in_flight{component="consumer"} 0',
    'amqp_connected{component="consumer"} 1',
  ])
    expect(metrics).toContain(`${series}\n`);

  await harness.vhost.api('DELETE', `queues/${harness.vhost.name}/jobs`);
  await harness.untilSaid('connection lost');
  const response = await get('/readyz');
  expect([response.status, await response.text()]).toEqual([503, "not consuming 'jobs'\n"]);
});

it('waits, alive and unready, as long as its credentials are wrong, and says why without them', async () => {
  const consumer = harness.startConsumer({ AMQP_USERNAME: 'somebody', AMQP_PASSWORD: 'sesame-sesame' });
  const refusals = await harness.untilSaid('connection lost', 2);
  for (const { error } of refusals) expect(error).toContain('ACCESS_REFUSED');
  expect(consumer.child.exitCode).toBe(null);
  consumer.child.kill('SIGTERM');
  expect(await consumer.ended).toBe(0);
  expect(JSON.stringify(harness.lines)).not.toContain('sesame-sesame');
});

it('ends with 2 when its handler cannot be used', async () => {
  expect(await harness.startConsumer({ HANDLER: '/nowhere.mjs' }).ended).toBe(2);
  expect(await harness.startConsumer(handler('export const other = 1;')).ended).toBe(2);
  const faults = harness.of('invalid configuration').map((line) => String(line.faults));
  expect(faults[0]).toContain("'HANDLER' (/nowhere.mjs) must be a module that loads");
  expect(faults[1]).toContain("must export a function 'handle'");
});
