/** The deployed system, seen from outside: what a person with kubectl would look at. */
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { type Recording, record } from './recording.ts';

export interface QueueCounts {
  readonly ready: number;
  readonly unacked: number;
}

export interface Watching {
  /** @returns kubectl's output, trimmed */
  kubectl(...args: string[]): Promise<string>;
  /** A workload's replicas from now on. @param name @default 'consumer' */
  record(name?: string): Promise<Recording>;
  /** One queue's counts, from the broker itself. */
  queue(name: string): Promise<QueueCounts>;
  /** Starts a run of the publisher, as the CronJob would make it. */
  publish(run: string): Promise<void>;
  /** Resolves when every job of the run is published. */
  published(run: string): Promise<void>;
}

/** Debian's wrapper on the PATH wants to be root; the program behind it does not. */
const RABBITMQCTL = 'PATH=/usr/lib/rabbitmq/bin:$PATH rabbitmqctl --quiet --formatter=json';

interface QueueRow {
  readonly name: string;
  readonly messages_ready: number;
  readonly messages_unacknowledged: number;
}

export function watching(cluster: Cluster): Watching {
  const kubectl = async (...args: string[]) => (await cluster.kubectl(args)).stdout.trim();
  return {
    kubectl,
    record: (name = 'consumer') => record(cluster, name),
    queue: async (name) => {
      const command = `${RABBITMQCTL} list_queues name messages_ready messages_unacknowledged`;
      const json = await kubectl('-n', 'broker', 'exec', 'broker-0', '--', 'sh', '-c', command);
      const row = (JSON.parse(json) as QueueRow[]).find((each) => each.name === name);
      if (row === undefined) throw new Error(`no queue '${name}'`);
      return { ready: row.messages_ready, unacked: row.messages_unacknowledged };
    },
    publish: async (run) => {
      await kubectl('-n', 'publisher', 'create', 'job', run, '--from=cronjob/publisher');
    },
    published: async (run) => {
      const complete = ['wait', `job/${run}`, '--for=condition=Complete', `--timeout=${patient(60)}s`];
      await cluster.kubectl(['-n', 'publisher', ...complete], { seconds: 70 });
    },
  };
}
