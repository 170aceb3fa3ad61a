import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { everyInterval } from './schedule.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('runs each task once an interval, spread over it', async () => {
  const ran: string[] = [];
  const task = (name: string) => async () => void ran.push(`${name} at ${performance.now() - began}`);
  const began = performance.now();
  const stop = everyInterval(15, [task('a'), task('b'), task('c')]);
  await vi.advanceTimersByTimeAsync(29_999);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ran).toEqual(['a at 0', 'b at 5000', 'c at 10000', 'a at 15000', 'b at 20000', 'c at 25000']);
});

it('does not start a task again that still runs', async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const stop = everyInterval(1, [
    () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    },
  ]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toHaveLength(1);
  runs[0]?.resolve();
  await vi.advanceTimersByTimeAsync(1000);
  stop();
  expect(runs).toHaveLength(2);
});
