/** The deployed system, seen from outside: what a person with kubectl would look at. */
import { expect } from 'vitest';
import { type Cluster, TestbedError } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
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
  /** Resolves when a Job that was there is complete. @throws TestbedError with what its pod said, as soon as it has failed */
  complete(namespace: string, job: string): Promise<void>;
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
  const complete = async (namespace: string, job: string, seconds = 300): Promise<void> => {
    const of = ['-n', namespace, 'get', 'job', job, '--ignore-not-found'];
    const fields = '{.metadata.name} {.status.conditions[?(@.status=="True")].type}';
    const ended = await until(`job ${job} in ${namespace} to end`, seconds, async () => {
      const [name, ...types] = (await kubectl(...of, '-o', `jsonpath=${fields}`)).split(' ');
      // A CronJob keeps the last three of its runs that are over.
      if (name === '') return 'Complete';
      return types.find((type) => type === 'Complete' || type === 'Failed');
    });
    if (ended === 'Complete') return;
    const said = await kubectl('-n', namespace, 'logs', `job/${job}`, '--all-containers', '--tail=20');
    throw new TestbedError(`job ${job} in ${namespace} failed: ${said}`);
  };
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
    complete,
    published: (run) => complete('publisher', run, 60),
  };
}

/** Expects no job in a queue, nor one that was parked beside it. */
export async function expectDrained({ queue }: Watching, name: string): Promise<void> {
  for (const one of [name, `${name}.parked`]) expect(await queue(one), one).toEqual({ ready: 0, unacked: 0 });
}
