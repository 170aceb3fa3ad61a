import {
  type AdapterRule,
  type AutoscalerParts,
  type ExternalMetric,
  externalMetric,
  externalRule,
  type HpaBehavior,
  type HpaMetric,
  type HpaScalingRules,
  highestFloor,
  horizontalPodAutoscaler,
  type SchedulePolicy,
} from '@sluice/policy';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf } from './labels.ts';

/** The rate of a counter, as prometheus-adapter serves it to an HPA. */
export interface CounterRateProps {
  /** The counter, for example 'http_requests_total'. */
  readonly series: string;
  /** The Service by which Prometheus finds the pods that count. */
  readonly service: string;
  /** What one replica is meant to take, in counts per second. */
  readonly perReplica: number;
  /** Seconds that the rate is taken over. */
  readonly windowSeconds: number;
  /** Seconds between two scrapes of the pods. */
  readonly scrapeSeconds: number;
}

/** Both ends of one metric. */
export interface CounterRate {
  /** What HPAs call it, for example 'http_requests_per_second'. */
  readonly name: string;
  /** Makes the metric known. The same for all counters of that name, whichever Service they belong to. */
  readonly rule: AdapterRule;
  /** Asks for it: the part of an HPA. */
  readonly metric: ExternalMetric;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the adapter fills in what the parentheses matched
const NAME = { matches: '^(.*)_total', as: '${1}_per_second' } as const;

/**
 * The rate of a counter, as prometheus-adapter serves it and as an HPA asks for it. Made together, so that name,
 * namespace and labels cannot disagree: an HPA whose metric no API serves only says `<unknown>`.
 *
 * The rule takes every series of the name; the HPA asks for those of its own namespace (by the override) and of
 * one Service (by a selector).
 *
 * @throws {ChartError} with every fault of the props
 */
export function counterRate(props: CounterRateProps): CounterRate {
  checkMetric(props);
  const { series, service, perReplica, windowSeconds } = props;
  const name = series.replace(new RegExp(NAME.matches), NAME.as.replace('{1}', '1'));
  return {
    name,
    rule: externalRule({
      seriesQuery: `{__name__="${series}"}`,
      namespaced: true,
      name: NAME,
      metricsQuery: `sum(rate(<<.Series>>{<<.LabelMatchers>>}[${duration(windowSeconds)}]))`,
    }),
    metric: externalMetric({ name, selector: { matchLabels: { service } } }, perReplica),
  };
}

/** 60 -> '1m', 90 -> '90s'. */
const duration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

function checkMetric({ series, service, perReplica, windowSeconds, scrapeSeconds }: CounterRateProps): void {
  new Checks(`CounterRate '${series}'`)
    .that(
      /^[a-zA-Z_:][a-zA-Z0-9_:]*_total$/.test(series),
      `'series' (${series}) must be a counter: its name ends in _total`,
    )
    .dnsLabel('service', service)
    .wholeNumber('perReplica', perReplica, 1)
    .wholeNumber('scrapeSeconds', scrapeSeconds, 1)
    .wholeNumber('windowSeconds', windowSeconds, 1)
    .that(
      windowSeconds >= 2 * scrapeSeconds,
      `'windowSeconds' (${windowSeconds}) must be at least 2 x 'scrapeSeconds' (${scrapeSeconds}): a rate needs two samples, and without one it is empty`,
    )
    .done();
}

/** An HPA: its target, its bounds, its metrics and how fast it scales. */
export interface AutoscalerProps extends Identity {
  /** The kind of the object that it scales, which has the same name. @default 'Deployment' */
  readonly target?: AutoscalerParts['target'];
  /** Pods at least. A schedule owns the field: then the manifest has none, and the own scaler writes it. */
  readonly minReplicas: number | SchedulePolicy;
  readonly maxReplicas: number;
  /** What it follows; the one that asks for most replicas wins. */
  readonly metrics: readonly HpaMetric[];
  /** How fast. Required, so that no default of Kubernetes applies silently. */
  readonly behavior: HpaBehavior;
}

/** The limits of the API server. @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

/**
 * An HPA owns the replica count of the workload of the same name.
 * @throws {ChartError} with every fault of the props
 */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    checkBounds(props);
    const { name, namespace, target = 'Deployment', minReplicas, maxReplicas, metrics, behavior } = props;
    const { metadata: _, ...manifest } = horizontalPodAutoscaler({
      ...{ name, namespace, target, maxReplicas, metrics, behavior },
      minReplicas: typeof minReplicas === 'number' ? minReplicas : undefined,
    });
    new ApiObject(this, 'hpa', { ...manifest, metadata: metadataOf(props) });
  }
}

/** CPU in use, as a share of what a pod requests; metrics-server reports it. */
export const cpuUtilization = (percent: number): HpaMetric => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
});

function checkBounds({ name, minReplicas, maxReplicas, metrics, behavior }: AutoscalerProps): void {
  const [lowest, highest] = range(minReplicas);
  const checks = new Checks(`Autoscaler '${name}'`)
    .wholeNumber('minReplicas', lowest, 1)
    .wholeNumber('maxReplicas', maxReplicas, 1)
    .that(highest <= maxReplicas, `'minReplicas' (${highest}) must not exceed 'maxReplicas' (${maxReplicas})`)
    .that(metrics.length > 0, `'metrics' must not be empty: Kubernetes would follow the CPU at 80 %`);
  checkRules('scaleUp', behavior.scaleUp, checks);
  checkRules('scaleDown', behavior.scaleDown, checks);
  checks.done();
}

/** Between which counts the minimum moves. */
const range = (minReplicas: AutoscalerProps['minReplicas']): readonly [number, number] =>
  typeof minReplicas === 'number'
    ? [minReplicas, minReplicas]
    : [minReplicas.policy.minReplicas, highestFloor(minReplicas)];

function checkRules(direction: string, asked: HpaScalingRules, checks: Checks): void {
  const { stabilizationWindowSeconds: seconds, policies } = asked;
  checks
    .that(
      Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_WINDOW_SECONDS,
      `'${direction}.stabilizationWindowSeconds' (${seconds}) must be a whole number from 0 to ${MAX_WINDOW_SECONDS}`,
    )
    .that(
      policies.length > 0,
      `'${direction}.policies' must not be empty: Kubernetes would take its defaults`,
    );
  for (const { value, periodSeconds } of policies)
    checks
      .wholeNumber(`${direction}.policies.value`, value, 1)
      .that(
        Number.isInteger(periodSeconds) && periodSeconds > 0 && periodSeconds <= MAX_PERIOD_SECONDS,
        `'${direction}.policies.periodSeconds' (${periodSeconds}) must be a whole number from 1 to ${MAX_PERIOD_SECONDS}`,
      );
}
