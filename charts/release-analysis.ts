import type { IAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import type { IMetric } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Metric';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { api } from '../packages/contracts/metrics/catalogue.ts';
import { bucketSeries, series, upSeries } from '../packages/contracts/metrics/metric.ts';
import { POD_HASH, POD_HASH_LABEL, type ReleaseBounds, releaseNames } from './canary.ts';
import { type Identity, metadataOf } from './labels.ts';

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
 * Judges the pods of one version by the requests they answer: how many fail, and how long the slowest take.
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
