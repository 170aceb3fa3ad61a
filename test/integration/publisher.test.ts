import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { JobHarness } from '../support/job-harness.ts';

let harness: JobHarness;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
});
afterEach(() => harness.close());

const ids = async (): Promise<string[]> => {
  const found: string[] = [];
  for (let message = await harness.take(); message; message = await harness.take())
    found.push(message.properties.messageId);
  return found;
};

it('ends with 0 when every job is confirmed, and repeats the same ids when the run is repeated', async () => {
  const before = Date.now();
  expect(await harness.publish({ RUN_ID: 'minute-7', JOBS: '600', WINDOW: '16' })).toBe(0);
  expect(harness.of('run confirmed')).toMatchObject([
    { runId: 'minute-7', jobs: 600, confirmed: 600, returned: 0 },
  ]);
  const first = await harness.take();
  if (!first) throw new Error('no message');
  expect(first.properties).toMatchObject({
    ...{ contentType: 'application/json', deliveryMode: 2, messageId: 'minute-7-0' },
  });
  const body = JSON.parse(first.content.toString());
  expect(body).toEqual({
    ...{ schema: 'sluice.job/v1', id: 'minute-7-0', runId: 'minute-7', index: 0 },
    enqueuedAt: expect.any(Number),
  });
  expect(body.enqueuedAt).toBeGreaterThanOrEqual(before);
  expect(first.properties.timestamp).toBe(Math.floor(body.enqueuedAt / 1000));

  const published = ['minute-7-0', ...(await ids())];
  expect(await harness.publish({ RUN_ID: 'minute-7', JOBS: '600' })).toBe(0);
  expect(await ids()).toEqual(published);
  expect(new Set(published).size).toBe(600);
});

it('ends with 1 when no queue takes the jobs', async () => {
  expect(await harness.publish({ JOBS: '5', ROUTING_KEY: 'nowhere' })).toBe(1);
  expect(harness.of('run failed')).toMatchObject([{ jobs: 5, confirmed: 0, returned: 5 }]);
});

it('ends with 1 at its deadline when the exchange is missing', async () => {
  expect(await harness.publish({ JOBS: '5', EXCHANGE: 'missing', DEADLINE_SECONDS: '1' })).toBe(1);
  expect(harness.of('connection lost')[0]?.error).toContain("no exchange 'missing'");
});

it('ends with 1 at its deadline with wrong credentials, tried a few times and never shown', async () => {
  const env = { AMQP_USERNAME: 'somebody', AMQP_PASSWORD: 'sesame-sesame', DEADLINE_SECONDS: '2' };
  expect(await harness.publish({ ...env, JOBS: '5' })).toBe(1);
  const refusals = harness.of('connection lost');
  expect(refusals[0]?.error).toContain('ACCESS_REFUSED');
  // Waits of up to 0.5, 1, 2 s: hundreds of tries would be hammering.
  expect(refusals.length).toBeLessThan(20);
  expect(JSON.stringify(harness.lines)).not.toContain('sesame-sesame');
});

it('ends with 2 and every fault when it is not configured', async () => {
  expect(await harness.publish({ RUN_ID: '', JOBS: '0', WINDOW: 'wide' })).toBe(2);
  expect(harness.of('invalid configuration')).toMatchObject([
    {
      faults: [
        "'RUN_ID' must be set",
        "'JOBS' (0) must be an integer from 1 to 10000000",
        "'WINDOW' (wide) must be an integer from 1 to 65535",
      ],
    },
  ]);
});
