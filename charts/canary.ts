import type { ICanaryStrategy } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/CanaryStrategy';
import type { IRolloutTrafficRouting } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/RolloutTrafficRouting';
import type { Checks } from '../packages/contracts/checks.ts';
import type { TrafficRouter } from '../packages/contracts/platform.ts';
import type { Identity } from './labels.ts';

/** A release that a share of the requests tries first. */
export interface Canary {
  readonly router: TrafficRouter;
  /** Shares of the requests in percent, one after the other; after the last the new version gets all. */
  readonly weights: readonly number[];
  /** What one version must show on each share to get the next. */
  readonly bounds: ReleaseBounds;
}

/** What the requests to a new version show, over a window of its own. */
export interface ReleaseBounds {
  /** Share of answers that are no server error, at least; below 1. */
  readonly successRatio: number;
  /** Seconds in which 99 of 100 requests are answered, at most. */
  readonly p99Seconds: number;
  /** Fewer requests a second than that say nothing: the analysis is inconclusive, and a person decides. */
  readonly minRequestsPerSecond: number;
  /** Seconds of requests that are judged. */
  readonly windowSeconds: number;
}

/** The objects of a release, by the names under which they refer to each other. */
export const releaseNames = ({ name }: Pick<Identity, 'name'>) => ({
  stable: `${name}-stable`,
  canary: `${name}-canary`,
  analysis: `${name}-release`,
});

/** The argument of an analysis that names the pods it measures. */
export const POD_HASH = 'pod-template-hash';

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
  const { analysis } = releaseNames(self);
  const judge = {
    templates: [{ templateName: analysis }],
    args: [{ name: POD_HASH, valueFrom: { podTemplateHashValue: 'Latest' as const } }],
  };
  return {
    ...routing(self, canary.router),
    steps: canary.weights.flatMap((setWeight) => [
      { setWeight },
      { pause: { duration: `${canary.bounds.windowSeconds}s` } },
      { analysis: judge },
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
