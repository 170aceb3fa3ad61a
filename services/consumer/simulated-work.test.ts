import { expect, it } from 'vitest';
import { workSeconds } from './simulated-work.ts';

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
