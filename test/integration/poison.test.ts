import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { encodeJob } from '../../services/runtime/index.ts';
import { JobHarness } from '../support/job-harness.ts';
import { outcomes, publishJobs, takeAll } from './jobs.ts';

const RETRY_SECONDS = 0.2;

/** Fails every job of the run `bad`, as often as FAILURES says. */
const failing = (failures: number) => `
  export function handle({ id, runId }, { attempt }) {
    console.log(JSON.stringify({ msg: 'attempt', id, attempt, at: Date.now() }));
    if (runId === 'bad' && attempt <= ${failures}) throw new Error('the disk of ' + id + ' is full');
  }
`;
const ALWAYS = 1000;

describe('a message that cannot be worked on', () => {
  let harness: JobHarness;
  beforeEach(async () => {
    harness = await JobHarness.open(inject('broker'), RETRY_SECONDS);
  });
  afterEach(() => harness.close());

  const consumer = (env: Readonly<Record<string, string>> = {}) => harness.startConsumer(env);
  const handler = (failures: number) => ({ HANDLER: harness.fleet.file('failing.mjs', failing(failures)) });
  const processed = (attempts: number) => harness.untilSaid('job processed', attempts);
  /** After the ack that follows the report: nothing is left anywhere but in the parking queue. */
  const parked = async (consuming = consumer()) => {
    consuming.child.kill('SIGTERM');
    expect(await consuming.ended).toBe(0);
    expect(await harness.count('jobs')).toBe(0);
    expect(await harness.count('jobs.retry')).toBe(0);
    return takeAll(harness, 'jobs.parked');
  };

  it('is parked at once when it is no job, each with all its faults as the reason', async () => {
    const faultsOf = {
      '{"schema":"sluice.job/v1",': 'the body must be JSON',
      '[1]': 'the body must be a JSON object',
      '{"schema":"sluice.job/v2","id":"","runId":"r","index":-1,"enqueuedAt":1}':
        "'schema' (\"sluice.job/v2\") must be 'sluice.job/v1'; 'id' (\"\") must be a non-empty string of at most 255 bytes; 'index' (-1) must be an integer from 0",
    };
    for (const body of Object.keys(faultsOf)) await harness.send(body, { messageId: 'odd' });
    const consuming = consumer();
    await processed(3);
    const messages = await parked(consuming);
    expect(
      messages.map(({ content, properties: { headers } }) => [
        ...[content.toString(), headers?.['x-sluice-reason'], headers?.['x-sluice-attempts']],
      ]),
    ).toEqual(Object.entries(faultsOf).map(([body, faults]) => [body, `invalid message: ${faults}`, 0]));
    expect(outcomes(harness)).toEqual(['odd:parked', 'odd:parked', 'odd:parked']);
  });

  it('is tried MAX_ATTEMPTS times, the retry delay apart, then parked with the reason and the count', async () => {
    await publishJobs(harness, 'bad', 1);
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '3' });
    await processed(3);
    const [message, ...others] = await parked(consuming);
    expect(others).toEqual([]);
    expect(message?.properties.headers).toMatchObject({
      'x-sluice-reason': 'attempts exhausted: the disk of bad-0 is full',
      'x-sluice-attempts': 3,
    });
    expect(outcomes(harness)).toEqual(['bad-0:retried', 'bad-0:retried', 'bad-0:parked']);
    const attempts = harness.of('attempt');
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const times = attempts.map(({ at }) => Number(at));
    const delays = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    // 5 ms for clocks that are read in different milliseconds.
    for (const delay of delays) expect(delay).toBeGreaterThanOrEqual(RETRY_SECONDS * 1000 - 5);
  });

  it('is parked with its body, id and properties as they were published', async () => {
    const content = encodeJob('bad', 7, 1_700_000_000_000);
    const properties = {
      ...{ messageId: 'bad-7', correlationId: 'order-9', type: 'job', appId: 'shop', priority: 4 },
      ...{ contentType: 'application/json', contentEncoding: 'utf-8', timestamp: 1_700_000_000 },
      replyTo: 'answers',
    };
    await harness.send(content, { ...properties, headers: { 'x-trace': 'a1', tenant: { id: 3 } } });
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '2' });
    await processed(2);
    const [message] = await parked(consuming);
    expect(message?.content.equals(content)).toBe(true);
    expect(message?.properties).toMatchObject({ ...properties, deliveryMode: 2 });
    expect(message?.properties.headers).toMatchObject({ 'x-trace': 'a1', tenant: { id: 3 } });
  });

  it('is parked without the header that would not fit into a frame, and says so', async () => {
    const publish = `exchanges/${harness.vhost.name}/jobs/publish`;
    const large = 'x'.repeat(70_000);
    for (const payload of ['not json', encodeJob('bad', 0, 1_700_000_000_000).toString()])
      await harness.vhost.api('POST', publish, {
        ...{ routing_key: 'jobs', payload, payload_encoding: 'string' },
        properties: { message_id: 'odd', delivery_mode: 2, headers: { large, 'x-trace': 'a1' } },
      });
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '2' });
    await processed(3);
    const messages = await parked(consuming);
    expect(messages.map(({ properties: { headers } }) => headers)).toMatchObject([
      { 'x-trace': 'a1', 'x-sluice-omitted-headers': 'large', 'x-sluice-attempts': 0 },
      { 'x-trace': 'a1', 'x-sluice-omitted-headers': 'large', 'x-sluice-attempts': 2 },
    ]);
    expect(outcomes(harness)).toEqual(['odd:parked', 'bad-0:retried', 'bad-0:parked']);
  });

  it('starts afresh when it is put back from the parking queue', async () => {
    await publishJobs(harness, 'bad', 1);
    const first = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '2' });
    await processed(2);
    const [message] = await parked(first);
    if (message === undefined) throw new Error('nothing was parked');
    await harness.send(message.content, { headers: message.properties.headers ?? {} });
    consumer({ ...handler(1), MAX_ATTEMPTS: '2' });
    await processed(4);
    expect(outcomes(harness).slice(2)).toEqual(['bad-0:retried', 'bad-0:succeeded']);
  });

  it('succeeds on its second attempt when only the first fails', async () => {
    await publishJobs(harness, 'bad', 1);
    const consuming = consumer(handler(1));
    await processed(2);
    expect(await parked(consuming)).toEqual([]);
    expect(outcomes(harness)).toEqual(['bad-0:retried', 'bad-0:succeeded']);
  });

  it('never stops the good jobs behind it, with one consumer that takes one at a time', async () => {
    await harness.send('poison', { messageId: 'odd' });
    await publishJobs(harness, 'bad', 2);
    const good = await publishJobs(harness, 'good', 20);
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '3' });
    await processed(1 + 2 * 3 + 20);
    const held = await parked(consuming);
    expect(held.map(({ properties }) => properties.messageId).sort()).toEqual(['bad-0', 'bad-1', 'odd']);
    expect(outcomes(harness).filter((each) => each.endsWith(':succeeded'))).toEqual(
      good.map((id) => `${id}:succeeded`),
    );
  });
});
