/** Any worker, by its name: its jobs, and what its pods say until they are gone. */
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CoreV1Api, Log, type V1Pod } from '@kubernetes/client-node';
import { ADMIN } from '../../apps/platform/credentials.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { configOf } from './api.ts';
import { follow } from './follow.ts';

/** What a worker says of a job that it has done. */
export interface JobLine {
  readonly jobId: string;
  readonly outcome: string;
  readonly redelivered?: boolean;
}

export interface Followed {
  /** Resolves when every pod that was seen has ended. @returns all that they have said of jobs */
  ended(): Promise<readonly JobLine[]>;
}

/** Publishes jobs to the exchange of a queue as the broker's administrator, and waits for every confirm. */
export async function publishTo(cluster: Cluster, queue: string, jobs: number): Promise<void> {
  const get = async (...what: string[]) =>
    (await cluster.kubectl(['-n', 'broker', 'get', ...what])).stdout.trim();
  const address = await get('service', 'broker', '-o', 'jsonpath={.spec.clusterIP}');
  const password = await get('secret', ADMIN.secret, '-o', 'jsonpath={.data.password}');
  const env = {
    AMQP_URL: `amqp://${address}:5672/%2f`,
    AMQP_USERNAME: ADMIN.username,
    AMQP_PASSWORD: Buffer.from(password, 'base64').toString(),
    ...{ EXCHANGE: queue, ROUTING_KEY: queue, RUN_ID: `${queue}-1`, JOBS: String(jobs) },
    ...{ HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' },
  };
  const main = join(import.meta.dirname, '..', '..', 'services', 'publisher', 'main.ts');
  await cluster.exec([process.execPath, main], { env });
}

/** Reads the log of each pod of a worker from its first line to its end: the log goes with the pod. */
export async function followPods({ kubeconfig }: Cluster, name: string): Promise<Followed> {
  const config = configOf(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const logs = new Map<string, Promise<JobLine[]>>();
  const read = async (pod: string, container: string): Promise<JobLine[]> => {
    const stream = new PassThrough();
    await new Log(config).log(name, pod, container, stream, { follow: true });
    return (await text(stream))
      .split('\n')
      .filter((line) => line.includes('"job processed"'))
      .map((line) => JSON.parse(line) as JobLine);
  };
  const take = ({ metadata: { name: pod = '' } = {}, spec, status }: V1Pod): void => {
    if (status?.phase === 'Running' && !logs.has(pod))
      logs.set(pod, read(pod, spec?.containers[0]?.name ?? ''));
  };
  const path = `/api/v1/namespaces/${name}/pods`;
  await follow(config, path, () => api.listNamespacedPod({ namespace: name }), take);
  return { ended: async () => (await Promise.all(logs.values())).flat() };
}
