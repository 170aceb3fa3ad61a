import { decodeJob, encodeJob } from '@sluice/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type HandlerContext, simulatedWork, workSeconds } from './handler.ts';

const draws = Array.from({ length: 10_000 }, (_, index) => (index + 0.5) / 10_000);

it.each(['constant', 'uniform', 'exponential'] as const)(
  '%s work has the mean that was asked for',
  (kind) => {
    const mean = draws.reduce((sum, draw) => sum + workSeconds(kind, 5, draw), 0) / draws.length;
    expect(mean).toBeCloseTo(5, 1);
  },
);

it('is finite and never negative at the ends of the draw', () => {
  for (const kind of ['constant', 'uniform', 'exponential'] as const)
    for (const draw of [0, 1 - 2 ** -53]) {
      const seconds = workSeconds(kind, 5, draw);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThan(200);
    }
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const job = decodeJob(encodeJob('r', 1, 0));
const context: HandlerContext = { attempt: 1, redelivered: false };

it('lasts as long as the draw says', async () => {
  // -ln(1 - 0.5) x 20 s = 13.863 s, to the whole millisecond of a timer
  let done = false;
  const work = Promise.resolve(simulatedWork('exponential', 20, () => 0.5)(job, context)).then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(13_860);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(4);
  expect(done).toBe(true);
  await work;
});

it('takes no turn of the clock at all when there is no work', () => {
  expect(simulatedWork('uniform', 0)(job, context)).toBeUndefined();
});
