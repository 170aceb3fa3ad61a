import { fromLeader } from '../../../charts/scaler.ts';
import { consumer, scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import {
  bucketSeries,
  type CounterMetric,
  countedIn,
  type HistogramMetric,
  type Matchers,
  series,
} from '../../../packages/contracts/metrics/metric.ts';
import { QUEUE_MESSAGES } from '../broker-alerts.ts';
import { WORKLOAD } from '../workload-series.ts';

/** The window of a rate: four scrapes at least, and as wide as a pixel. */
const WINDOW = '[$__rate_interval]';

/** `sum(rate(...))` of a counter; by labels where they are given. */
export const rateOf = <const M extends CounterMetric>(metric: M, matchers: Matchers<M>, by = ''): string =>
  `sum${by === '' ? '' : ` by (${by}) `}(rate(${series(metric, matchers)}${WINDOW}))`;

/** What a counter has counted in each interval: of events that are seldom, of which a rate misses the first. */
export const countOf = <const M extends CounterMetric>(
  metric: M,
  matchers: Matchers<M>,
  by: string,
): string => `sum by (${by}) (${countedIn(series(metric, matchers), '$__rate_interval')})`;

/** The value below which a share of what a histogram observed lies. */
export const quantileOf = <const M extends HistogramMetric>(
  share: number,
  metric: M,
  matchers: Matchers<M>,
): string => `histogram_quantile(${share}, sum by (le) (rate(${bucketSeries(metric, matchers)}${WINDOW})))`;

/** What an expression has; 0 where it has nothing and what reports it does report: else there is no data. */
export const orNone = (expr: string, reporting: string): string => `${expr} or 0 * count(${reporting})`;

/** The chosen worker: its name in metrics. */
export const workload = '$workload';

/** The namespace of the chosen worker. */
export const namespace = '$namespace';

/** The series that the chosen worker records of itself. */
export const ofWorkload = (record: string): string => `${record}{workload="${workload}"}`;

/** What the scaler's leader says of the chosen worker. */
export const ofLeader = (selected: string): string => `max by (workload) (${fromLeader(selected)})`;

/** The Deployment of the chosen worker, for metrics of kube-state-metrics. */
export const DEPLOYMENT = `{namespace="${namespace}",deployment="$deployment"}`;

const ofQueue = (name: string): string => `max(${name}{queue="$queue"})`;

/** Seconds that the oldest message has waited. */
export const oldest = ofLeader(series(scaler.oldestWait, { workload }));

/** Seconds that it may wait. */
export const objective = `max by (workload) (${ofWorkload(WORKLOAD.waitObjective)})`;

/** The objective as a line of a panel. */
export const limit = { expr: objective, legend: 'objective' };

/** Messages of the queue that wait. */
export const ready = ofQueue(QUEUE_MESSAGES.ready);

/** Messages of the queue that consumers hold. */
export const unacked = ofQueue(QUEUE_MESSAGES.unacked);

/** Jobs that leave the queue for good, per second. */
export const done = rateOf(consumer.jobsProcessed, { namespace, outcome: { '!=': 'retried' } });

/** Replicas that the target asks for, whoever owns the count. */
export const replicas = `(sum(${ofLeader(series(scaler.currentReplicas, { workload }))}) or sum(kube_deployment_status_replicas${DEPLOYMENT}))`;

/** What panels of jobs say without data. */
export const NO_JOBS =
  'No consumer reports jobs: none runs, or its image does not expose the metrics of jobs.';
