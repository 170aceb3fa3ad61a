import { expect, inject, test } from 'vitest';
import { proveCycles } from '../soak/cycles.ts';
import { freshVhost } from '../support/vhost.ts';

test('exactly 100 jobs start the workload, a residue of 7 is served, and no job in flight is killed', async () => {
  const vhost = await freshVhost(inject('broker'));
  const size = { cycles: 3, mark: 100, replicas: 3 };
  const { finished, trajectory, redelivered, reasons } = await proveCycles(size, vhost);
  await vhost.remove();
  expect(finished).toEqual([100, 7, 100]);
  expect(trajectory).toEqual([0, 3, 0, 3, 0, 3, 0]);
  expect(redelivered).toBe(0);
  expect([...reasons].sort()).toEqual(['BacklogDrained', 'BacklogReachedMark', 'OldestWaitExceeded']);
});
