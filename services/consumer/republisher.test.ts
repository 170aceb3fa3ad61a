import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Republication } from './republisher.ts';
import { HOLD_AFTER_MS, Republisher } from './republisher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const to = { exchange: 'jobs', routingKey: 'jobs.retry' };
const republication = {
  message: { content: Buffer.from('x') },
  jobId: 'r-1',
  to,
  headers: {},
} as Republication;

/** A broker whose answers are the test's: one after the other, the last one from then on. */
function setup(...answers: (() => Promise<void>)[]) {
  const heard: unknown[] = [];
  const stop = new AbortController();
  const gone = new AbortController();
  const publishing = {
    blocked: false,
    republish: () => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? never(),
  };
  const republisher = new Republisher({
    ...{ publishing, stop: stop.signal, random: () => 1 },
    log: { error: (facts: object) => void heard.push(facts) } as never,
    metrics: { held: (change) => void heard.push(`held ${change}`), notTaken: () => {} },
  });
  const hand = { gone: gone.signal, ack: () => {}, hold: () => () => void heard.push('back') };
  const run = (about: Partial<Republication> = {}) =>
    republisher.republish({ ...republication, ...about }, hand);
  return { run, heard, stop, gone, publishing };
}

const never = () => new Promise<void>(() => {});
const refuses = () => Promise.reject(new Error('no exchange'));

it('is confirmed when the broker has it, with nothing held meanwhile', async () => {
  const { run, heard } = setup(async () => {});
  expect(await run()).toBe('confirmed');
  expect(heard).toEqual([]);
});

it('tries again, later and later, and holds the message meanwhile', async () => {
  const { run, heard } = setup(refuses, refuses, async () => {});
  const end = run();
  await vi.advanceTimersByTimeAsync(HOLD_AFTER_MS);
  const refused = expect.objectContaining({ jobId: 'r-1', to: 'jobs.retry' });
  expect(heard).toEqual([refused, 'held 1']);
  await vi.advanceTimersByTimeAsync(500 - HOLD_AFTER_MS);
  expect(heard).toEqual([refused, 'held 1', refused]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await end).toBe('confirmed');
  expect(heard.slice(3)).toEqual(['held -1', 'back']);
});

describe('is abandoned', () => {
  it('as soon as the channel is gone', async () => {
    const { run, gone, heard } = setup(never);
    const end = run();
    await vi.advanceTimersByTimeAsync(10_000);
    gone.abort();
    expect(await end).toBe('abandoned');
    expect(heard.at(-1)).toBe('back');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('soon after the signal: a confirm that is under way may still come', async () => {
    const { run, stop } = setup(never);
    const end = run();
    stop.abort();
    await vi.advanceTimersByTimeAsync(2000);
    expect(await end).toBe('abandoned');
    const late = setup(async () => {});
    late.stop.abort();
    expect(await late.run()).toBe('confirmed');
  });

  it('at the signal, while it waits for its next try or for a broker that takes nothing', async () => {
    const { run, stop } = setup(refuses);
    const end = run();
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    expect(await end).toBe('abandoned');
    const blocked = setup(never);
    const other = blocked.run();
    await vi.advanceTimersByTimeAsync(100);
    blocked.publishing.blocked = true;
    blocked.stop.abort();
    await vi.advanceTimersByTimeAsync(1);
    expect(await other).toBe('abandoned');
  });
});

it('is given up, where it may be, as soon as the broker is known to take nothing', async () => {
  const { run, publishing, heard } = setup(never);
  const end = run({ unlessBlocked: true });
  publishing.blocked = true;
  await vi.advanceTimersByTimeAsync(HOLD_AFTER_MS);
  expect(await end).toBe('blocked');
  expect(await run({ unlessBlocked: true })).toBe('blocked');
  expect(heard).toEqual([]);
});
