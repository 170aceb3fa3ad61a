import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { encodeJob } from '../../services/runtime/index.ts';
import { until } from '../support/fleet.ts';
import { Stage } from './stage.ts';

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
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.withQueue(inject('broker'), { retrySeconds: RETRY_SECONDS });
  });
  afterEach(() => stage.close());

  const consumer = (env: Readonly<Record<string, string>> = {}) =>
    stage.fleet.start('consumer', { ...stage.env, WORK_SECONDS: '0.001', ...env });
  const handler = (failures: number) => ({ HANDLER: stage.fleet.file('failing.mjs', failing(failures)) });
  const processed = (attempts: number) =>
    until(`${attempts} attempts`, () => stage.said('job processed').length === attempts, 20);
  /** After the ack that follows the report: nothing is left anywhere but in the parking queue. */
  const parked = async (consuming = consumer()) => {
    consuming.child.kill('SIGTERM');
    expect(await consuming.ended).toBe(0);
    expect(await stage.ready('jobs')).toBe(0);
    expect(await stage.ready('jobs.retry')).toBe(0);
    return stage.take('jobs.parked');
  };

  it.each([
    ['no JSON', '{"schema":"sluice.job/v1",', 'the body must be JSON'],
    ['no object', '[1]', 'the body must be a JSON object'],
    [
      'of another schema',
      '{"schema":"sluice.job/v2","id":"","runId":"r","index":-1,"enqueuedAt":1}',
      "'schema' (\"sluice.job/v2\") must be 'sluice.job/v1'; 'id' (\"\") must be a non-empty string; 'index' (-1) must be an integer from 0",
    ],
  ])('is parked at once with every fault as its reason: %s', async (_, body, faults) => {
    await stage.publish(Buffer.from(body), { messageId: 'odd' });
    const consuming = consumer();
    await processed(1);
    const [message, ...others] = await parked(consuming);
    expect(others).toEqual([]);
    expect(message?.content.toString()).toBe(body);
    expect(message?.properties.headers).toMatchObject({
      'x-sluice-reason': `invalid message: ${faults}`,
      'x-sluice-attempts': 0,
    });
    expect(stage.outcomes()).toEqual(['odd:parked']);
  });

  it('is tried MAX_ATTEMPTS times, the retry delay apart, then parked with the reason and the count', async () => {
    await stage.publishJobs('bad', 1);
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '3' });
    await processed(3);
    const [message, ...others] = await parked(consuming);
    expect(others).toEqual([]);
    expect(message?.properties.headers).toMatchObject({
      'x-sluice-reason': 'attempts exhausted: the disk of bad-0 is full',
      'x-sluice-attempts': 3,
    });
    expect(stage.outcomes()).toEqual(['bad-0:retried', 'bad-0:retried', 'bad-0:parked']);
    const attempts = stage.said('attempt');
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const times = attempts.map(({ at }) => Number(at));
    const delays = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    // 5 ms for clocks that are read in different milliseconds.
    for (const delay of delays) expect(delay).toBeGreaterThanOrEqual(RETRY_SECONDS * 1000 - 5);
  });

  it('is parked with its body, id and properties as they were published', async () => {
    const content = Buffer.from(encodeJob('bad', 7, 1_700_000_000_000));
    const properties = {
      ...{ messageId: 'bad-7', correlationId: 'order-9', type: 'job', appId: 'shop', priority: 4 },
      ...{ contentType: 'application/json', contentEncoding: 'utf-8', timestamp: 1_700_000_000 },
      replyTo: 'answers',
    };
    await stage.publish(content, { ...properties, headers: { 'x-trace': 'a1', tenant: { id: 3 } } });
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '2' });
    await processed(2);
    const [message] = await parked(consuming);
    expect(message?.content.equals(content)).toBe(true);
    expect(message?.properties).toMatchObject({ ...properties, deliveryMode: 2 });
    expect(message?.properties.headers).toMatchObject({ 'x-trace': 'a1', tenant: { id: 3 } });
  });

  it('starts afresh when it is put back from the parking queue', async () => {
    await stage.publishJobs('bad', 1);
    const first = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '2' });
    await processed(2);
    const [message] = await parked(first);
    if (message === undefined) throw new Error('nothing was parked');
    await stage.publish(message.content, { headers: message.properties.headers ?? {} });
    consumer({ ...handler(1), MAX_ATTEMPTS: '2' });
    await processed(4);
    expect(stage.outcomes().slice(2)).toEqual(['bad-0:retried', 'bad-0:succeeded']);
  });

  it('succeeds on its second attempt when only the first fails', async () => {
    await stage.publishJobs('bad', 1);
    const consuming = consumer(handler(1));
    await processed(2);
    expect(await parked(consuming)).toEqual([]);
    expect(stage.outcomes()).toEqual(['bad-0:retried', 'bad-0:succeeded']);
  });

  it('never stops the good jobs behind it, with one consumer that takes one at a time', async () => {
    await stage.publish(Buffer.from('poison'), { messageId: 'odd' });
    await stage.publishJobs('bad', 2);
    const good = await stage.publishJobs('good', 20);
    const consuming = consumer({ ...handler(ALWAYS), MAX_ATTEMPTS: '3' });
    await processed(1 + 2 * 3 + 20);
    const held = await parked(consuming);
    expect(held.map(({ properties }) => properties.messageId).sort()).toEqual(['bad-0', 'bad-1', 'odd']);
    expect(stage.outcomes().filter((each) => each.endsWith(':succeeded'))).toEqual(
      good.map((id) => `${id}:succeeded`),
    );
  });

  it('stays on the broker when it cannot be parked, and is parked once the parking queue is bound again', async () => {
    const binding = `bindings/${stage.vhost.name}/e/jobs/q/jobs.parked`;
    expect((await stage.vhost.api('DELETE', `${binding}/jobs.parked`)).status).toBe(204);
    await stage.publish(Buffer.from('poison'), { messageId: 'odd' });
    const consuming = consumer();
    await until('a retry', () => stage.outcomes().includes('odd:retried'), 20);
    expect(stage.said('not parked').length).toBeGreaterThan(0);
    await stage.vhost.api('POST', binding, { routing_key: 'jobs.parked' });
    await until('parked', () => stage.outcomes().includes('odd:parked'), 20);
    expect((await parked(consuming)).map(({ content }) => content.toString())).toEqual(['poison']);
  });
});
