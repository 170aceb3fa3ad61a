import { encodeJob } from '@sluice/runtime';
import type { ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import type { Handle } from './handler.ts';
import { Worker } from './worker.ts';

function message(content: Buffer, failed = 0): ConsumeMessage {
  const headers = { 'x-death': [{ reason: 'rejected', queue: 'jobs', count: failed }] };
  return {
    content,
    fields: { redelivered: true },
    properties: { messageId: 'm-1', headers },
  } as unknown as ConsumeMessage;
}

/** Works on one message and tells what the broker, the metrics and the log heard. */
async function work(
  handle: Handle,
  { content = encodeJob('r', 1, 500), failed = 0, parkFails = false } = {},
) {
  const heard: unknown[] = [];
  const note = (facts: object, msg: string) => void (msg === 'job processed' && heard.push(facts));
  let inFlight = 0;
  const clock = { now: 2500 };
  const worker = new Worker({
    ...{ queue: 'jobs', maxAttempts: 3 },
    handle: (job, context) => {
      clock.now += 1500;
      return handle(job, context);
    },
    log: { info: note, warn: note, error: note } as never,
    metrics: {
      started: () => {
        inFlight += 1;
      },
      finished: () => {
        inFlight -= 1;
      },
      waited: () => {},
    },
    now: () => clock.now,
  });
  const channel = {
    ack: () => void heard.push('ack'),
    nack: (_: unknown, allUpTo: boolean, requeue: boolean) => void heard.push(['nack', allUpTo, requeue]),
  };
  await worker.work(message(content, failed), channel, async (_, reason, attempts) => {
    if (parkFails) throw new Error('no queue');
    heard.push(['park', reason, attempts]);
  });
  expect(inFlight).toBe(0);
  return heard;
}

const fail: Handle = async () => {
  throw new Error('boom');
};
const processed = (outcome: string) => expect.objectContaining({ jobId: 'r-1', outcome, redelivered: true });

it('acknowledges a job after its work, and reports it before: a kill in between repeats it, never loses it', async () => {
  expect(await work(async () => {})).toEqual([
    // Published at 0.5 s, begun at 2.5 s, worked on for 1.5 s.
    {
      ...{ jobId: 'r-1', outcome: 'succeeded', redelivered: true },
      ...{ waitSeconds: 2, durationSeconds: 1.5 },
    },
    'ack',
  ]);
});

it('rejects a failed job without requeueing it: the broker delays it', async () => {
  expect(await work(fail, { failed: 1 })).toEqual([processed('retried'), ['nack', false, false]]);
});

it('parks a job at its last attempt, before it acknowledges it', async () => {
  expect(await work(fail, { failed: 2 })).toEqual([
    ['park', 'attempts exhausted: boom', 3],
    processed('parked'),
    'ack',
  ]);
});

it('parks an invalid message at once and never shows it to the handler', async () => {
  const heard = await work(fail, { content: Buffer.from('{') });
  expect(heard).toEqual([
    ['park', 'invalid message: the body must be JSON', 0],
    expect.objectContaining({ jobId: 'm-1', outcome: 'parked' }),
    'ack',
  ]);
});

it('keeps a job that cannot be parked', async () => {
  expect(await work(fail, { failed: 9, parkFails: true })).toEqual([
    processed('retried'),
    ['nack', false, false],
  ]);
});

it('tells the handler which attempt it is', async () => {
  let seen: unknown;
  await work(
    (_, context) => {
      seen = context;
    },
    { failed: 1 },
  );
  expect(seen).toEqual({ attempt: 2, redelivered: true });
});
