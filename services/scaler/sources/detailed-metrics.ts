import type { Backlog, DetailedMetricsSource } from '@sluice/policy';
import { textSamples } from '@sluice/runtime';
import { getText } from './http.ts';
import type { Shared } from './shared.ts';
import { type BacklogSource, ReadingError } from './source.ts';

type Counts = { ready?: number; unacked?: number };

/** Every queue of one broker, as one request returned it; keys by `queueKey`. */
export interface BrokerCounts {
  readonly queues: ReadonlyMap<string, Counts>;
  readonly at: number;
}

const FIELDS: Readonly<Record<string, keyof Counts>> = {
  lavinmq_detailed_queue_messages_ready: 'ready',
  lavinmq_detailed_queue_messages_unacked: 'unacked',
  rabbitmq_detailed_queue_messages_ready: 'ready',
  rabbitmq_detailed_queue_messages_unacked: 'unacked',
};
const WANTED = new Set(Object.keys(FIELDS));

const queueKey = (vhost: string, queue: string): string => JSON.stringify([vhost, queue]);

/**
 * GET {url}/metrics/detailed?family=queue_coarse_metrics, of LavinMQ or RabbitMQ. The plain /metrics sums
 * all queues and is of no use here.
 *
 * `at` is the request's start: the answer carries no instant. LavinMQ counts while it answers; RabbitMQ's
 * counts may be older by up to its collect_statistics_interval (5 s unless configured).
 */
export async function fetchBrokerCounts(
  { url, caFile }: DetailedMetricsSource,
  signal: AbortSignal,
  now: () => number,
): Promise<BrokerCounts> {
  const at = now();
  const text = await getText({ url: `${url}/metrics/detailed?family=queue_coarse_metrics`, caFile, signal });
  return { queues: countsOf(text), at };
}

/** The readings of one broker come from one request. */
export const detailedMetricsGroup = ({ url, caFile }: DetailedMetricsSource): string =>
  JSON.stringify([url, caFile]);

/** The counts of each queue in LavinMQ's or RabbitMQ's detailed metrics. */
export function countsOf(text: string): ReadonlyMap<string, Counts> {
  const queues = new Map<string, Counts>();
  for (const { name, labels, value } of textSamples(text, WANTED)) {
    const key = queueKey(labels.vhost ?? '', labels.queue ?? '');
    const counts = queues.get(key) ?? {};
    const field = FIELDS[name];
    if (field !== undefined) counts[field] = value;
    queues.set(key, counts);
  }
  return queues;
}

/** Reads the backlog of a queue from the broker's detailed metrics. */
export function detailedMetricsSource(
  source: DetailedMetricsSource,
  broker: Shared<BrokerCounts>,
): BacklogSource {
  const { url, vhost, queue } = source;
  const read = async (signal: AbortSignal): Promise<Backlog> => {
    const { queues, at } = await broker.get(signal);
    const counts = queues.get(queueKey(vhost, queue));
    if (counts === undefined)
      throw new ReadingError('queue-missing', `${url} has no queue '${queue}' in '${vhost}'`);
    const { ready, unacked } = counts;
    if (ready === undefined || unacked === undefined) {
      throw new ReadingError('field-missing', `${url} tells only one of ready and unacked of '${queue}'`);
    }
    return { ready, unacked, at };
  };
  return { group: detailedMetricsGroup(source), read };
}
