import type { BrokerKind } from '../platform.ts';
import { type Catalogue, type GaugeMetric, OPEN } from './metric.ts';

/** What Prometheus calls the queue metrics of a broker: both serve them at `/metrics/detailed`, under their own name. */
const PREFIX: Readonly<Record<BrokerKind, string>> = { lavinmq: 'lavinmq', rabbitmq: 'rabbitmq' };

type QueueGauge = GaugeMetric & {
  readonly labels: { readonly queue: typeof OPEN; readonly vhost: typeof OPEN };
};

const queueGauge = (prefix: string, name: string, help: string): QueueGauge => ({
  name: `${prefix}_detailed_${name}`,
  type: 'gauge',
  help,
  labels: { queue: OPEN, vhost: OPEN },
  unit: 'messages',
});

/**
 * The messages of each queue, as the broker itself exposes them.
 * @see https://www.rabbitmq.com/docs/prometheus#detailed-endpoint
 */
export function brokerQueues(kind: BrokerKind) {
  const prefix = PREFIX[kind];
  return {
    ready: queueGauge(prefix, 'queue_messages_ready', 'Messages that wait in a queue.'),
    unacked: queueGauge(
      prefix,
      'queue_messages_unacked',
      'Messages of a queue that consumers hold and have not acknowledged.',
    ),
  } satisfies Catalogue;
}
