import type { BrokerKind } from '../platform.ts';

/**
 * A metric as data, and the PromQL that reads it. A service registers its metrics from its catalogue
 * (catalogue.ts); alerts, dashboards, recording rules and adapter rules name the same values:
 *
 *     import { consumer } from '../packages/contracts/metrics/catalogue.ts';
 *     import { series, bucketSeries } from '../packages/contracts/metrics/metric.ts';
 *
 *     series(consumer.jobsProcessed, { namespace: 'thumbnails', outcome: 'retried' })
 *       // jobs_processed_total{namespace="thumbnails",outcome="retried"}
 *     series(api.requests, { service: 'api', status: { '=~': '5..' } })
 *       // http_requests_total{service="api",status=~"5.."}
 *     bucketSeries(api.duration, { service: 'api' })
 *       // http_request_duration_seconds_bucket{service="api"}
 *
 * A label that the metric does not have, or a value outside a closed set, is a type error. `producersOf` finds who
 * registers the series that a parsed expression names, `metric.labels` what it can be matched and grouped by.
 */

/** What is counted or measured: the axis of a graph. `boolean` is 1 or 0, `unix-seconds` an instant. */
export type Unit =
  | 'boolean'
  | 'seconds'
  | 'unix-seconds'
  | 'bytes'
  | 'connections'
  | 'decisions'
  | 'documents'
  | 'failures'
  | 'jobs'
  | 'messages'
  | 'pushes'
  | 'replicas'
  | 'requests'
  | 'series'
  | 'transactions'
  | 'values';

/** A label whose values are not a closed set. */
export const OPEN = 'open';

/** Label -> its values where they are a closed set. */
export type Labels = Readonly<Record<string, readonly string[] | typeof OPEN>>;

interface MetricBase {
  /** The name by the conventions of Prometheus: base units, `_total` on a counter. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Labels that the service sets, in the order of the series; those of the scrape are TARGET_LABELS. */
  readonly labels: Labels;
  readonly unit: Unit;
}

/** A metric that only grows. */
export interface CounterMetric extends MetricBase {
  readonly type: 'counter';
}

/** A metric that goes up and down. */
export interface GaugeMetric extends MetricBase {
  readonly type: 'gauge';
}

/** A metric of observations in buckets. */
export interface HistogramMetric extends MetricBase {
  readonly type: 'histogram';
  /** Upper bounds, ascending, in the metric's unit: an alert on a quantile can distinguish only these. */
  readonly buckets: readonly number[];
}

/** What a service registers under one name. */
export type Metric = CounterMetric | GaugeMetric | HistogramMetric;

/** The metrics of one service. */
export type Catalogue = Readonly<Record<string, Metric>>;

/**
 * Labels that no service sets: the scrape adds them to every series, `component` the service's registry, the last
 * one a ServiceMonitor that copies the label of the pod.
 */
export const TARGET_LABELS = [
  'namespace',
  'pod',
  'service',
  'container',
  'endpoint',
  'instance',
  'job',
  'component',
  'rollouts_pod_template_hash',
] as const;
export type TargetLabel = (typeof TARGET_LABELS)[number];

/** The labels of a metric, as a type. */
export type LabelOf<M extends Metric> = Extract<keyof M['labels'], string>;

type ValueOf<Values> = Values extends readonly string[] ? Values[number] : string;

/** Equal to a value, or PromQL's other three comparisons; regular expressions are anchored. */
export type Match<Value extends string = string> =
  | Value
  | { readonly '!=': Value }
  | { readonly '=~': string }
  | { readonly '!~': string };

/** What a selector asks of labels; an undefined one is left out. */
export type Matchers<M extends Metric> = {
  readonly [Label in LabelOf<M>]?: Match<ValueOf<M['labels'][Label]>> | undefined;
} & { readonly [Label in TargetLabel]?: Match | undefined };

/** `name{label="value"}`, matchers in the order given. */
export function series<const M extends CounterMetric | GaugeMetric>(
  metric: M,
  matchers: Matchers<M> = {},
): string {
  return selector(metric.name, matchers);
}

/** The cumulative buckets of a histogram, for histogram_quantile. */
export const bucketSeries = <const M extends HistogramMetric>(
  metric: M,
  matchers: Matchers<M> = {},
): string => selector(`${metric.name}_bucket`, matchers);

/** The sum of what a histogram observed, in its unit. */
export const sumSeries = <const M extends HistogramMetric>(metric: M, matchers: Matchers<M> = {}): string =>
  selector(`${metric.name}_sum`, matchers);

/** How often a histogram observed. */
export const countSeries = <const M extends HistogramMetric>(metric: M, matchers: Matchers<M> = {}): string =>
  selector(`${metric.name}_count`, matchers);

/** Whether the last scrape of a target succeeded, as Prometheus itself records it. */
export const upSeries = (matchers: { readonly [Label in TargetLabel]?: Match | undefined } = {}): string =>
  selector('up', matchers);

/** How long before a window a counter is looked for: a target that could not be scraped for less did not begin in it. */
const LOOK_BACK = '1h';

/**
 * What each counter has counted within a window, also one that begins in it with its first event: `increase` starts at
 * the first sample of a series, and leaves out what that sample has counted already. It is for counters of which a
 * process exposes nothing until they count, and not for those of a state that outlives it (kube-state-metrics,
 * exporters): they begin anew at an old count with each pod. A Prometheus that lost its data takes all that a counter
 * holds as counted in its first window.
 * @param window A duration of PromQL, or Grafana's `$__range` and `$__rate_interval`
 */
export const countedIn = (selected: string, window: string): string =>
  `(max_over_time(${selected}[${window}]) unless last_over_time(${selected}[${LOOK_BACK}] offset ${window}) or increase(${selected}[${window}]))`;

/** The names of the series that Prometheus stores of a metric: a histogram has three, and none of its own name. */
export const seriesNames = ({ type, name }: Metric): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

function selector(name: string, matchers: Readonly<Record<string, Match | undefined>>): string {
  const parts = Object.entries(matchers).flatMap(([label, match]) =>
    match === undefined ? [] : matcherOf(label, match),
  );
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

function matcherOf(label: string, match: Match): string[] {
  if (typeof match === 'string') return [`${label}=${quoted(match)}`];
  return Object.entries(match).map(([operator, value]) => `${label}${operator}${quoted(value)}`);
}

/** PromQL's strings have the escapes of Go's, which are those of JSON. */
const quoted = (value: string): string => JSON.stringify(value);

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
