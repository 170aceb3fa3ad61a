/** The deployed system, seen from outside: what a person with kubectl would look at. */
import { type Cluster, TestbedError } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';

export interface QueueCounts {
  readonly ready: number;
  readonly unacked: number;
}

export interface Watching {
  /** @returns kubectl's output, trimmed */
  kubectl(...args: string[]): Promise<string>;
  /** The consumer's wanted replicas. */
  replicas(): Promise<number>;
  /** The consumer's ready pods. */
  readyPods(): Promise<number>;
  /**
   * Waits for a condition of the replica count. @returns every count seen on the way
   * @param count Of another workload. @default the consumer's
   */
  watch(
    what: string,
    holds: (count: number) => boolean | Promise<boolean>,
    seconds: number,
    count?: () => Promise<number>,
  ): Promise<number[]>;
  /** One queue's counts, from the broker itself. */
  queue(name: string): Promise<QueueCounts>;
  /** One publisher run, as the CronJob would make it; resolves when it is complete. */
  publish(run: string): Promise<void>;
}

export const at = (wanted: number) => (count: number) => count === wanted;

/** Debian's wrapper on the PATH wants to be root; the program behind it does not. */
const RABBITMQCTL = 'PATH=/usr/lib/rabbitmq/bin:$PATH rabbitmqctl --quiet --formatter=json';

interface QueueRow {
  readonly name: string;
  readonly messages_ready: number;
  readonly messages_unacknowledged: number;
}

async function countsUntil(
  count: () => Promise<number>,
  what: string,
  holds: (count: number) => boolean | Promise<boolean>,
  seconds: number,
): Promise<number[]> {
  const seen: number[] = [];
  const look = async (): Promise<boolean> => {
    const now = await count();
    if (seen.at(-1) !== now) seen.push(now);
    return holds(now);
  };
  await until(what, seconds, look).catch((cause: unknown) => {
    throw new TestbedError(`not within ${seconds} s: ${what}; replicas went ${seen.join(' -> ')}`, { cause });
  });
  return seen;
}

export function watching(cluster: Cluster): Watching {
  const kubectl = async (...args: string[]) => (await cluster.kubectl(args)).stdout.trim();
  const consumer = async (field: string) =>
    Number(await kubectl('-n', 'consumer', 'get', 'deployment', 'consumer', '-o', `jsonpath={${field}}`));
  const replicas = () => consumer('.spec.replicas');
  return {
    kubectl,
    replicas,
    readyPods: () => consumer('.status.readyReplicas'),
    watch: (what, holds, seconds, count = replicas) => countsUntil(count, what, holds, seconds),
    queue: async (name) => {
      const command = `${RABBITMQCTL} list_queues name messages_ready messages_unacknowledged`;
      const json = await kubectl('-n', 'broker', 'exec', 'broker-0', '--', 'sh', '-c', command);
      const row = (JSON.parse(json) as QueueRow[]).find((each) => each.name === name);
      if (row === undefined) throw new Error(`no queue '${name}'`);
      return { ready: row.messages_ready, unacked: row.messages_unacknowledged };
    },
    publish: async (run) => {
      await kubectl('-n', 'publisher', 'create', 'job', run, '--from=cronjob/publisher');
      const complete = ['wait', `job/${run}`, '--for=condition=Complete', `--timeout=${patient(60)}s`];
      await cluster.kubectl(['-n', 'publisher', ...complete], { seconds: 70 });
    },
  };
}
