import { expect, test } from 'vitest';
import type { Vhost } from '../support/vhost.ts';
import { proveCycles } from './cycles.ts';
import { onOwnBroker } from './own-broker.ts';

test('200 cycles of exactly 100 jobs, each tenth a residue of 7: all served, 0 redelivered, no flapping', async () => {
  const size = { cycles: 200, mark: 100, replicas: 5 };
  const prove = (vhost: Vhost) => proveCycles(size, vhost);
  const { finished, trajectory, redelivered, reasons } = await onOwnBroker(prove, {
    collectStatisticsMs: 200,
  });
  console.log(
    JSON.stringify({ cycles: finished.length, jobs: finished.reduce((a, b) => a + b, 0), redelivered }),
  );
  expect(redelivered).toBe(0);
  expect(finished).toEqual(Array.from({ length: 200 }, (_, cycle) => (cycle % 10 === 1 ? 7 : 100)));
  expect(trajectory).toEqual([0, ...Array.from({ length: 200 }, () => [5, 0]).flat()]);
  expect([...reasons].sort()).toEqual(['BacklogDrained', 'BacklogReachedMark', 'OldestWaitExceeded']);
});
