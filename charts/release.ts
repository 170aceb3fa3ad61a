import type { IAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import type { ICanaryStrategy } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/CanaryStrategy';
import type { IMetric } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Metric';
import type { IRolloutTrafficRouting } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/RolloutTrafficRouting';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { api } from '../packages/contracts/metrics/catalogue.ts';
import { bucketSeries, series, upSeries } from '../packages/contracts/metrics/metric.ts';
import type { TrafficRouter } from '../packages/contracts/platform.ts';
import { type Identity, metadataOf } from './labels.ts';

/** A release that a share of the requests tries first. */
export interface Canary {
  readonly router: TrafficRouter;
  /** Shares of the requests in percent, one after the other; after the last the new version gets all. */
  readonly weights: readonly number[];
  /** What one version must show on each share to get the next. */
  readonly bounds: ReleaseBounds;
}

/** What the requests to a new version show, over a window of its own. */
interface ReleaseBounds {
  /** Share of answers that are no server error, at least; below 1. */
  readonly successRatio: number;
  /** Seconds in which 99 of 100 requests are answered, at most. */
  readonly p99Seconds: number;
  /** Fewer requests a second than that say nothing: the analysis is inconclusive, and a person decides. */
  readonly minRequestsPerSecond: number;
  /** Seconds of requests that are measured. */
  readonly windowSeconds: number;
}

/** The objects of a release, by the names under which they refer to each other. */
export const releaseNames = ({ name }: Pick<Identity, 'name'>) => ({
  stable: `${name}-stable`,
  canary: `${name}-canary`,
  analysis: `${name}-release`,
});

/** The argument of an analysis that names the pods it measures. */
const POD_HASH = 'pod-template-hash';

/** The label of pods by which Argo Rollouts distinguishes versions. */
export const POD_HASH_LABEL = 'rollouts-pod-template-hash';

/**
 * The steps of a release: a share of the requests, a window of them, and the verdict on it.
 *
 * The old version keeps all its pods until the new one has every request, so that going back is a matter of the
 * router alone. Both stand apart from each other: a full node must not take a share of each.
 *
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/canary/
 */
export function canaryStrategy(self: Identity, canary: Canary): ICanaryStrategy {
  const { analysis: templateName } = releaseNames(self);
  const analysis = {
    templates: [{ templateName }],
    args: [{ name: POD_HASH, valueFrom: { podTemplateHashValue: 'Latest' as const } }],
  };
  return {
    ...routing(self, canary.router),
    steps: canary.weights.flatMap((setWeight) => [
      { setWeight },
      { pause: { duration: `${canary.bounds.windowSeconds}s` } },
      { analysis },
    ]),
    antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 50 } },
  };
}

/** Traefik splits between two Services, Istio between two subsets of one. */
function routing(self: Identity, router: TrafficRouter): ICanaryStrategy {
  const { stable, canary } = releaseNames(self);
  const routers: Readonly<Record<TrafficRouter, IRolloutTrafficRouting>> = {
    traefik: { traefik: { weightedTraefikServiceName: self.name } },
    istio: {
      istio: {
        virtualService: { name: self.name },
        destinationRule: { name: self.name, stableSubsetName: 'stable', canarySubsetName: 'canary' },
      },
    },
  };
  return {
    trafficRouting: routers[router],
    ...(router === 'traefik' && { stableService: stable, canaryService: canary }),
  };
}

/** Adds a fault for each weight or bound by which a release could not proceed. */
export function checkCanary({ weights, bounds }: Canary, checks: Checks): void {
  const { successRatio, p99Seconds, minRequestsPerSecond } = bounds;
  checks
    .that(
      weights.length > 0 && weights.every(isShare) && weights.every((it, at) => it > (weights[at - 1] ?? 0)),
      `'canary.weights' (${weights.join(', ')}) must be rising whole percentages from 1 to 99`,
    )
    .that(
      successRatio > 0 && successRatio < 1,
      `'canary.bounds.successRatio' (${successRatio}) must be between 0 and 1: at 1 a single error ends a release`,
    )
    .that(p99Seconds > 0, `'canary.bounds.p99Seconds' (${p99Seconds}) must be positive`)
    .that(
      minRequestsPerSecond > 0,
      `'canary.bounds.minRequestsPerSecond' (${minRequestsPerSecond}) must be positive: no requests would count as good ones`,
    )
    .wholeNumber('canary.bounds.windowSeconds', bounds.windowSeconds, 1);
}

const isShare = (weight: number): boolean => Number.isInteger(weight) && weight >= 1 && weight <= 99;

/** What a release is measured by, and the bounds that it must keep. */
export interface ReleaseAnalysisProps extends Identity {
  readonly bounds: ReleaseBounds;
  /** Seconds between two scrapes of the pods. */
  readonly scrapeSeconds: number;
  /** Seconds between two readiness probes of a pod: requests that say nothing about a release. */
  readonly readyEverySeconds: number;
  /** Where Prometheus answers. */
  readonly prometheus: string;
}

/** Each a scrape later than the one before. */
const MEASUREMENTS = 3;

/**
 * Measures the pods of one version by the requests they answer: how many fail, and how long the slowest take.
 *
 * A measurement is good, bad, or says nothing. It says nothing where there is no data or too little of it, and then
 * the release neither goes on nor back, but waits for a person. Readiness probes are requests like any other, so
 * as many as pods are probed with are taken off before what is left is called evidence.
 *
 * @throws {ChartError} with every fault of the props
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#inconclusive-runs
 */
export class ReleaseAnalysis extends Construct {
  constructor(scope: Construct, id: string, props: ReleaseAnalysisProps) {
    super(scope, id);
    check(props);
    const { apiVersion, kind, spec } = template(props);
    const metadata = metadataOf(props, releaseNames(props).analysis);
    new ApiObject(this, 'analysis', { apiVersion, kind, metadata, spec });
  }
}

function template(props: ReleaseAnalysisProps): IAnalysisTemplate {
  const { bounds } = props;
  const queries = queriesOf(props);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    spec: {
      args: [{ name: POD_HASH }],
      metrics: [
        metric(props, 'success-ratio', queries.successRatio, `>= ${bounds.successRatio}`),
        metric(props, 'p99-seconds', queries.p99Seconds, `<= ${bounds.p99Seconds}`),
      ],
    },
  };
}

/** Holds, does not hold, or (on an empty answer, or none that is a number) neither. */
const metric = (
  { prometheus, scrapeSeconds }: ReleaseAnalysisProps,
  name: string,
  query: string,
  holds: string,
): IMetric => ({
  name,
  interval: `${scrapeSeconds}s`,
  count: MEASUREMENTS,
  successCondition: `len(result) == 1 && !isNaN(result[0]) && result[0] ${holds}`,
  failureCondition: `len(result) == 1 && !isNaN(result[0]) && !(result[0] ${holds})`,
  provider: { prometheus: { address: prometheus, query } },
});

/** PromQL that has one result, or none where there are too few requests. */
function queriesOf({ namespace, name, bounds, readyEverySeconds }: ReleaseAnalysisProps) {
  const { windowSeconds, minRequestsPerSecond } = bounds;
  const pods = { namespace, service: name, [label(POD_HASH_LABEL)]: `{{args.${POD_HASH}}}` };
  const perSecond = (selected: string): string => `rate(${selected}[${windowSeconds}s])`;
  const probes = `count(${upSeries(pods)} == 1) / ${readyEverySeconds}`;
  const evidence = `(sum(${perSecond(series(api.requests, pods))}) - ${probes} > ${minRequestsPerSecond})`;
  const failed = series(api.requests, { ...pods, status: { '=~': '5..' } });
  const failures = `(sum(${perSecond(failed)}) or vector(0))`;
  const buckets = `sum by (le) (${perSecond(bucketSeries(api.duration, pods))})`;
  return {
    successRatio: `1 - ${failures} / ${evidence}`,
    p99Seconds: `histogram_quantile(0.99, ${buckets}) and ${evidence}`,
  };
}

/** The name that Prometheus gives to the label of a pod. */
const label = (kubernetes: string): string => kubernetes.replaceAll('-', '_');

function check({ name, bounds, scrapeSeconds, readyEverySeconds }: ReleaseAnalysisProps): void {
  new Checks(`ReleaseAnalysis '${name}'`)
    .wholeNumber('scrapeSeconds', scrapeSeconds, 1)
    .wholeNumber('readyEverySeconds', readyEverySeconds, 1)
    .that(
      bounds.windowSeconds >= 2 * scrapeSeconds,
      `'bounds.windowSeconds' (${bounds.windowSeconds}) must be at least 2 x 'scrapeSeconds' (${scrapeSeconds}): a rate needs two samples, and without one it is empty`,
    )
    .done();
}
