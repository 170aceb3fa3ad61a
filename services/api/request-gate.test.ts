import { expect, it, vi } from 'vitest';
import { eventLoopDelay, Overload } from './request-gate.ts';

function watched(...readings: number[]) {
  const changes: unknown[] = [];
  const overload = new Overload({
    read: () => readings.shift() ?? 0,
    maxSeconds: 0.25,
    changed: (overloaded, delay) => void changes.push([overloaded, delay]),
  });
  return { overload, changes };
}

it('is overloaded from a delay above the limit to the first one that is not', () => {
  const { overload, changes } = watched(0.25, 0.26, 3, 0.1);
  const seen = [1, 2, 3, 4].map(() => {
    overload.sample();
    return overload.overloaded;
  });
  expect(seen).toEqual([false, true, true, false]);
  expect(changes).toEqual([
    [true, 0.26],
    [false, 0.1],
  ]);
});

it('samples at its interval until it is stopped', () => {
  vi.useFakeTimers();
  const { overload } = watched(0, 1, 0);
  const end = overload.watch(250);
  vi.advanceTimersByTime(500);
  expect(overload.overloaded).toBe(true);
  end();
  vi.advanceTimersByTime(5000);
  expect(overload.overloaded).toBe(true);
  vi.useRealTimers();
});

it('reads how late the event loop is, afresh each time', async () => {
  const read = eventLoopDelay();
  const turn = () => new Promise((resolve) => setTimeout(resolve, 30));
  await turn();
  const until = performance.now() + 400;
  while (performance.now() < until);
  await turn();
  expect(read()).toBeGreaterThan(0.04);
  expect(read()).toBe(0);
});
