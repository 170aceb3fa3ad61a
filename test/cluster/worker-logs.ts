/** Any worker, by its name: its jobs, its count, and what its pods say until they are gone. */
import { join } from 'node:path';
import { ADMIN } from '../../apps/platform/credentials.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import type { Watching } from './observe.ts';

/** What a worker says of a job that it has done. */
export interface JobLine {
  readonly jobId: string;
  readonly outcome: string;
}

export interface Followed {
  /** Resolves when every pod that was seen has ended. @returns all that they have said of jobs */
  ended(): Promise<readonly JobLine[]>;
  /** Looks for no more pods. */
  stop(): Promise<void>;
}

/** The replicas that the Deployment of a worker is asked for. */
export const replicasOf =
  (cluster: Cluster, name: string): Watching['replicas'] =>
  async () => {
    const field = ['-o', 'jsonpath={.spec.replicas}'];
    return Number((await cluster.kubectl(['-n', name, 'get', 'deployment', name, ...field])).stdout);
  };

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

const POLL_MS = 500;

/** Reads the log of each pod of a worker from its first line to its end: the log goes with the pod. */
export function followPods(cluster: Cluster, name: string): Followed {
  const lines: JobLine[] = [];
  const logs = new Map<string, Promise<void>>();
  const done = Promise.withResolvers<void>();
  let looking = true;
  const follow = async (pod: string): Promise<void> => {
    const log = ['-n', name, 'logs', pod, '--follow', '--tail=-1'];
    const { stdout } = await cluster.kubectl(log, { check: false, seconds: 600 });
    for (const line of stdout.split('\n'))
      if (line.includes('"job processed"')) lines.push(JSON.parse(line) as JobLine);
  };
  const look = async (): Promise<void> => {
    const running = 'jsonpath={.items[?(@.status.phase=="Running")].metadata.name}';
    const pods = await cluster.kubectl(['-n', name, 'get', 'pods', '-o', running], { check: false });
    for (const pod of pods.stdout.split(' ').filter((one) => one !== '' && !logs.has(one)))
      logs.set(pod, follow(pod));
  };
  const loop = async (): Promise<void> => {
    while (looking) {
      await look();
      await Promise.race([done.promise, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    }
  };
  const looped = loop();
  const stop = async (): Promise<void> => {
    looking = false;
    done.resolve();
    await looped;
  };
  return {
    stop,
    ended: async () => {
      await stop();
      await Promise.all(logs.values());
      return lines;
    },
  };
}
