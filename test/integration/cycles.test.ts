import { expect, test } from 'vitest';
import { proveCycles } from '../soak/cycles.ts';

test('exactly 100 jobs start the workload, a residue of 7 is served, and no job in flight is killed', async () => {
  const { finished, trajectory, redelivered, reasons } = await proveCycles({
    cycles: 3,
    mark: 100,
    replicas: 3,
  });
  expect(finished).toEqual([100, 7, 100]);
  expect(trajectory).toEqual([0, 3, 0, 3, 0, 3, 0]);
  expect(redelivered).toBe(0);
  expect([...reasons].sort()).toEqual(['BacklogDrained', 'BacklogReachedMark', 'OldestWaitExceeded']);
});
