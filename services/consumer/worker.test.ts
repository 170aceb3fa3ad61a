import { encodeJob } from '@sluice/runtime';
import type { ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { Fates } from './fates.ts';
import type { Handle } from './handler.ts';
import type { Republication, Republished } from './republisher.ts';
import { Worker } from './worker.ts';

interface Case {
  readonly content?: Buffer;
  readonly headers?: Record<string, unknown>;
  readonly redelivered?: boolean;
  /** What becomes of what is published again. */
  readonly end?: Republished;
  readonly ackFails?: boolean;
}

const address = (routingKey: string) => ({ exchange: 'jobs', routingKey });
const addresses = { work: address('jobs'), retry: address('jobs.retry'), parking: address('jobs.parked') };

/** Works on one message and returns what the broker, the metrics and the log heard. */
async function work(handle: Handle, { content = encodeJob('r', 1, 500), ...about }: Case = {}) {
  const heard: unknown[] = [];
  const note = (facts: object, msg: string) => void (msg !== 'attempt failed' && heard.push([msg, facts]));
  let inFlight = 0;
  const clock = { now: 2500 };
  const worker = new Worker({
    ...{ queue: 'jobs', maxBodyBytes: 1000, fates: new Fates({ maxAttempts: 3, ...addresses }) },
    handle: (job, context) => {
      clock.now += 1500;
      heard.push(['handle', context]);
      return handle(job, context);
    },
    republisher: {
      republish: async ({ to, headers, unlessBlocked }: Republication) => {
        heard.push([`publish to ${to.routingKey}`, headers]);
        return about.end === 'blocked' && unlessBlocked !== true ? 'abandoned' : (about.end ?? 'confirmed');
      },
    },
    log: { info: note, warn: note } as never,
    metrics: {
      started: () => {
        inFlight += 1;
      },
      ended: () => {
        inFlight -= 1;
      },
      finished: (outcome) => void heard.push(`finished ${outcome}`),
      parked: (reason) => void heard.push(`parked ${reason}`),
      redelivered: () => void heard.push('redelivered'),
      waited: () => {},
    },
    now: () => clock.now,
  });
  const message = {
    ...{ content, fields: { redelivered: about.redelivered ?? false } },
    properties: { messageId: 'm-1', headers: about.headers },
  } as unknown as ConsumeMessage;
  await worker.work(message, {
    gone: new AbortController().signal,
    hold: () => () => {},
    ack: () => {
      if (about.ackFails) throw new Error('Channel closed');
      heard.push('ack');
    },
  });
  expect(inFlight).toBe(0);
  return heard;
}

const succeed: Handle = async () => {};
const fail: Handle = async () => {
  throw new Error('boom');
};
const handled = (attempt: number, redelivered = false) => ['handle', { attempt, redelivered }];
const processed = (outcome: string, jobId = 'r-1') => [
  ...(outcome === 'parked' ? [expect.stringMatching('^parked ')] : []),
  `finished ${outcome}`,
  ['job processed', expect.objectContaining({ jobId, outcome })],
];

it('acknowledges a job after its work, and reports it before: a kill in between repeats it, never loses it', async () => {
  expect(await work(succeed)).toEqual([
    handled(1),
    'finished succeeded',
    // Published at 0.5 s, begun at 2.5 s, worked on for 1.5 s.
    [
      'job processed',
      {
        ...{ jobId: 'r-1', outcome: 'succeeded', redelivered: false },
        ...{ waitSeconds: 2, durationSeconds: 1.5 },
      },
    ],
    'ack',
  ]);
});

it('publishes a failed job to the retry queue before it acknowledges it', async () => {
  expect(await work(fail, { headers: { 'x-sluice-failed': 1 } })).toEqual([
    handled(2),
    ['publish to jobs.retry', { 'x-sluice-reason': 'boom', 'x-sluice-failed': 2, 'x-sluice-lost': 0 }],
    ...processed('retried'),
    'ack',
  ]);
});

it('parks a job at its last attempt', async () => {
  expect(await work(fail, { headers: { 'x-sluice-failed': 2 } })).toEqual([
    handled(3),
    ['publish to jobs.parked', { 'x-sluice-reason': 'attempts exhausted: boom', 'x-sluice-attempts': 3 }],
    ...processed('parked'),
    'ack',
  ]);
});

it.each([
  ['that is no job', Buffer.from('{'), 'the body must be JSON'],
  ['that is too large to be read', Buffer.alloc(1001), 'the body (1001 bytes) must not exceed 1000 bytes'],
])('parks a message %s, and never shows it to the handler', async (_, content, fault) => {
  expect(await work(fail, { content, redelivered: true })).toEqual([
    ['publish to jobs.parked', { 'x-sluice-reason': `invalid message: ${fault}`, 'x-sluice-attempts': 0 }],
    ...processed('parked', 'm-1'),
    'ack',
  ]);
});

it.each([fail, succeed])(
  'keeps what the broker does not take, unacknowledged and unreported',
  async (handle) => {
    const about = handle === fail ? {} : { redelivered: true, headers: { 'x-sluice-lost': 1 } };
    expect((await work(handle, { ...about, end: 'abandoned' })).slice(-2)).toEqual([
      [expect.stringMatching('^publish to'), expect.anything()],
      ['outcome not delivered', expect.objectContaining({ jobId: 'r-1' })],
    ]);
  },
);

it('puts a redelivered job back with its lost delivery counted, before anybody works on it', async () => {
  const counted = { 'x-sluice-failed': 0, 'x-sluice-lost': 1 };
  expect(await work(succeed, { redelivered: true })).toEqual([
    ['publish to jobs', expect.objectContaining(counted)],
    'redelivered',
    ['delivery lost', expect.objectContaining({ jobId: 'r-1', ...counted })],
    'ack',
  ]);
});

it('works on a job that came back so, and says so to the handler', async () => {
  expect((await work(succeed, { headers: { 'x-sluice-lost': 1 } }))[0]).toEqual(handled(2, true));
});

it('works on a redelivered job while the broker takes nothing, unless it was counted before', async () => {
  const end = 'blocked';
  expect((await work(succeed, { redelivered: true, end })).slice(1)).toEqual([
    ...[handled(1, true), ...processed('succeeded'), 'ack'],
  ]);
  const suspect = await work(succeed, { redelivered: true, end, headers: { 'x-sluice-lost': 1 } });
  expect(suspect.at(-1)).toEqual(['outcome not delivered', { jobId: 'r-1', outcome: 'redelivered' }]);
});

it('survives that the channel closes under a job: the outcome cannot be sent, and the job is redelivered', async () => {
  expect((await work(succeed, { ackFails: true })).at(-1)).toEqual([
    ...['outcome not delivered', expect.objectContaining({ jobId: 'r-1', outcome: 'succeeded' })],
  ]);
});
