/** A Deployment's replicas from one moment on: what happens while a test looks elsewhere is not missed. */
import { AppsV1Api, type V1Deployment } from '@kubernetes/client-node';
import { type Cluster, TestbedError } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { configOf } from './api.ts';
import { follow } from './follow.ts';

/** What the API server has told of a Deployment so far. */
export interface Recording {
  /** Every count that was wanted, the one at the beginning first. */
  readonly wanted: readonly number[];
  /** The most pods that were ready at a time since the wanted count was last raised. */
  readonly mostReady: number;
  /**
   * Waits until a count is wanted, or was since the last count that was waited for.
   * @throws TestbedError with every count since the beginning, after `seconds` of a quiet machine
   */
  reaches(count: number, seconds: number): Promise<void>;
}

/**
 * Records the Deployment of a workload, which has its name and its namespace, until the test ends that calls it.
 * @returns when the first count is known
 */
export async function record({ kubeconfig }: Pick<Cluster, 'kubeconfig'>, name: string): Promise<Recording> {
  const config = configOf(kubeconfig);
  const api = config.makeApiClient(AppsV1Api);
  const wanted: number[] = [];
  let mostReady = 0;
  const take = ({ metadata, spec, status }: V1Deployment): void => {
    if (metadata?.name !== name) return;
    const { replicas = 1 } = spec ?? {};
    const before = wanted.at(-1);
    if (before !== replicas) wanted.push(replicas);
    // Pods of an earlier drain may still be counted.
    if (before !== undefined && replicas > before) mostReady = 0;
    else mostReady = Math.max(mostReady, status?.readyReplicas ?? 0);
  };
  const path = `/apis/apps/v1/namespaces/${name}/deployments`;
  await follow(config, path, () => api.listNamespacedDeployment({ namespace: name }), take);
  await until(`deployment ${name}`, 30, () => wanted.length > 0);

  let from = 0;
  const reaches = async (count: number, seconds: number): Promise<void> => {
    await until(`${count} replicas`, seconds, () => wanted.includes(count, from)).catch((cause: unknown) => {
      const counts = wanted.join(' -> ');
      throw new TestbedError(`not within ${seconds} s: ${count} replicas of ${name}, which went ${counts}`, {
        cause,
      });
    });
    from = wanted.indexOf(count, from);
  };
  return {
    wanted,
    get mostReady() {
      return mostReady;
    },
    reaches,
  };
}
