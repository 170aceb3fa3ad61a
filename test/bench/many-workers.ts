/** Many workers in one environment: each of an image of its own, on a queue of its own. */
import { latch } from '@sluice/policy';
import type { Application } from '../../apps/application.ts';
import { platform } from '../../apps/platform/index.ts';
import { workloads } from '../../apps/testing/workloads.ts';
import { queueWorker } from '../../apps/workloads/queue-worker.ts';

const workerOf = (index: number, replicas: number): Application =>
  queueWorker(`worker-${String(index).padStart(3, '0')}`, {
    image: `registry.example/worker-${index}:1.0.0`,
    longestJobSeconds: 20,
    stopDeadlineSeconds: 30,
    queue: { queue: `queue-${index}`, retrySeconds: 30 },
    policy: latch({ replicas, startWhen: { readyAtLeast: 20, oldestWaitSeconds: 60 } }),
  });

/**
 * The platform with so many workers, beside the workloads of the tests.
 * @param replicas The most that each of them has
 */
export const withWorkers = (count: number, replicas = 5): readonly Application[] =>
  platform([...workloads, ...Array.from({ length: count }, (_, index) => workerOf(index, replicas))]);
