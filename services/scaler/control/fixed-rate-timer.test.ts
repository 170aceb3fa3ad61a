import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FixedRateTimer } from './controller.ts';

describe('the instants of a loop', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  const recorded = (work: () => Promise<void> = async () => {}, periodMs = () => 5000) => {
    const begun: number[] = [];
    const start = performance.now();
    const grid = new FixedRateTimer({ periodMs, phaseMs: 1200 }, () => {
      begun.push(performance.now() - start);
      return work();
    });
    return { grid, begun };
  };

  it('lie at the phase and every period after it', async () => {
    const { grid, begun } = recorded();
    await vi.advanceTimersByTimeAsync(12_000);
    await grid.stop();
    expect(begun).toEqual([1200, 6200, 11_200]);
  });

  it('are skipped, not doubled, by a run that lasts longer than a period', async () => {
    const { grid, begun } = recorded(() => new Promise((resolve) => setTimeout(resolve, 11_000)));
    await vi.advanceTimersByTimeAsync(17_000);
    const stopped = grid.stop();
    await vi.advanceTimersByTimeAsync(11_000);
    await stopped;
    expect(begun).toEqual([1200, 16_200]);
  });

  it('lie closer together while the period is shorter, and return to the instants of the longer one', async () => {
    let period = 1000;
    const { grid, begun } = recorded(
      async () => {},
      () => period,
    );
    await vi.advanceTimersByTimeAsync(3500);
    period = 5000;
    await vi.advanceTimersByTimeAsync(13_000);
    await grid.stop();
    // The run at 3200 was armed before the period changed; 6200 and 11200 are 1200 + n x 5000.
    expect(begun).toEqual([1200, 2200, 3200, 4200, 6200, 11_200, 16_200]);
  });

  it('begin within the time given, on the grid of that period', async () => {
    const begun: number[] = [];
    const start = performance.now();
    const grid = new FixedRateTimer({ periodMs: () => 5000, phaseMs: 4200, firstWithinMs: 500 }, async () => {
      begun.push(performance.now() - start);
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await grid.stop();
    expect(begun).toEqual([200, 4200, 9200]);
  });

  it('end with the run at work', async () => {
    let ended = false;
    const { grid, begun } = recorded(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(2000);
    const stopped = grid.stop();
    await vi.advanceTimersByTimeAsync(2200);
    await stopped;
    expect(ended).toBe(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(begun).toEqual([1200]);
  });
});
