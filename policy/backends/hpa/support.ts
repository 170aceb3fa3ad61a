import { baseOf } from '../../decide/decide.ts';
import type { BasePolicy, Behavior, Policy, RatePolicy, ScalingRules } from '../../policy.ts';
import {
  approximate,
  type BackendSupport,
  type Clause,
  capabilitiesOf,
  exact,
  type Fidelity,
  refused,
} from '../fidelity.ts';
import type { PrometheusSource } from '../scaler/file.ts';
import type { HpaCluster } from './compile.ts';
import { countVerdict } from './metric.ts';

type FidelityRule = (policy: BasePolicy, whole: Policy) => Fidelity;

/** What an HPA on one external metric makes of each clause. */
export function hpaSupport({ unackedQuery }: PrometheusSource, cluster: HpaCluster): BackendSupport {
  const { scaleToZero, tolerance } = capabilitiesOf(cluster);
  const counted: FidelityRule = (base, whole) => {
    if (isMeasured(base)) return FOLLOWS_MEASURE;
    const verdict = countVerdict(whole, tolerance);
    return verdict.fidelity !== 'refused' && unackedQuery === undefined ? BLIND_WORK : verdict;
  };
  const rules: Readonly<Record<Clause, FidelityRule>> = {
    perReplica: counted,
    sloSeconds: counted,
    'serviceSeconds.measured': () => NO_MEASURE,
    targetWaitSeconds: () => NO_RATE,
    constant: () => NO_METRIC,
    'startWhen.readyAtLeast': () => NO_STEP,
    'startWhen.readyAbove': () => NO_STEP,
    'startWhen.oldestWaitSeconds': () => NO_AGE,
    'ageOpens.as-needed': () => NO_AGE,
    'ageOpens.all': () => NO_AGE,
    'stopWhen.drained': () => NO_MEMORY,
    'stopWhen.ready-empty': () => NO_MEMORY,
    minReplicas: ({ minReplicas }) => (minReplicas === 0 && !scaleToZero ? NOT_TO_ZERO : BOUND),
    maxReplicas: () => BOUND,
    staleAfterSeconds: () => GUARDED,
    'behavior.scaleUp': ({ behavior }) => upVerdict(behavior),
    'behavior.scaleDown': ({ behavior }) => downVerdict(behavior),
    windows: () => NO_CLOCK,
    holidays: () => NO_CLOCK,
  };
  return (clause, policy) => rules[clause](baseOf(policy), policy);
}

/** Only Sluice's scaler then knows how many messages a replica finishes in time. */
export const isMeasured = (policy: BasePolicy): boolean =>
  policy.kind === 'drain' && policy.meanServiceSeconds === undefined;

const BOUND = exact('The HPA has this bound itself.');

const NOT_TO_ZERO = refused(
  "An HPA keeps at least 1 replica unless the API server and the controller manager run with the feature gate HPAScaleToZero (alpha, off by default); raise 'minReplicas' to 1, or choose KEDA or the own scaler.",
);

const NO_METRIC = refused(
  'An HPA follows a metric, and a constant has none; write the count into the Deployment, or choose the own scaler.',
);

/** An HPA cannot measure how long a job takes. */
export const NO_MEASURE = refused(
  "An HPA measures nothing: say 'meanServiceSeconds', or choose the own scaler, which measures it.",
);

/** The replicas follow a service time that is stated, not measured. */
export const FOLLOWS_MEASURE = approximate(
  "How many messages a replica finishes in time depends on 'meanServiceSeconds'.",
);

/** An HPA cannot add up several metrics with several targets. */
export const NO_RATE = refused(
  "The count of 'flow' adds up what arrives, what is left above that and what is in work, each by its own rule; an HPA compares one metric with one target. Choose the own scaler, or 'drain' with 'meanServiceSeconds'.",
);

const NO_STEP = refused(
  'An HPA moves in proportion to its metric and cannot step from the minimum to all replicas at a mark; choose the own scaler.',
);

const NO_MEMORY = refused(
  'An HPA does not know that it was open: as soon as the metric falls below the mark it would take replicas away, and the work in flight with them; choose the own scaler.',
);

const NO_CLOCK = refused(
  'An HPA knows no time of day; choose KEDA, which has a cron trigger, or the own scaler.',
);

/** Work in flight is not counted without a query for it. */
export const BLIND_WORK = approximate(
  "Without 'unackedQuery' the work in flight counts as 0, so replicas leave while it still runs.",
);

const NO_AGE = refused(
  'No series tells the age of the oldest message, and an HPA has no memory of its own; choose the own scaler.',
);

const GUARDED = exact(
  'The query is empty when a sample was scraped longer ago, and an HPA without its metric keeps the count.',
);

/** The limits of the API server. @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

/** The rules of one direction, with the HPA's tolerance. */
export interface HpaScalingRules extends ScalingRules {
  /** Share of the wanted count by which the present one may differ before it changes. */
  readonly tolerance?: string;
}

/** The field `behavior` of an HPA. */
export interface HpaBehavior {
  readonly scaleUp: HpaScalingRules;
  readonly scaleDown: HpaScalingRules;
}

/** Without policies an HPA would take its defaults: no limit must be said as one that never binds. */
export function hpaBehavior({ scaleUp, scaleDown }: Behavior, max: number, tolerance: boolean): HpaBehavior {
  const unlimitedUp: RatePolicy = { type: 'Pods', value: max, periodSeconds: 1 };
  const unlimitedDown: RatePolicy = { type: 'Percent', value: 100, periodSeconds: 1 };
  return {
    scaleUp: { ...rules(scaleUp, unlimitedUp), ...(tolerance && { tolerance: '0' }) },
    scaleDown: { ...rules(scaleDown, unlimitedDown), ...(tolerance && { tolerance: '0' }) },
  };
}

const rules = (
  { stabilizationWindowSeconds, policies, selectPolicy }: ScalingRules,
  unlimited: RatePolicy,
) => ({
  // A window that ends later is more cautious, never less.
  stabilizationWindowSeconds: Math.ceil(stabilizationWindowSeconds),
  policies: policies.length === 0 ? [unlimited] : policies.map(wholePeriod),
  selectPolicy,
});

const wholePeriod = (policy: RatePolicy): RatePolicy => ({
  ...policy,
  periodSeconds: Math.ceil(policy.periodSeconds),
});

/** Whether an HPA keeps the rules for scaling up. */
export function upVerdict({ scaleUp }: Behavior): Fidelity {
  return limitVerdict(scaleUp) ?? roundedVerdict(scaleUp) ?? COPIED;
}

/** Whether an HPA keeps the rules for scaling down. */
export function downVerdict({ scaleDown }: Behavior): Fidelity {
  return (
    limitVerdict(scaleDown) ??
    roundedVerdict(scaleDown) ??
    (scaleDown.policies.length > 0 && scaleDown.selectPolicy !== 'Disabled' ? HISTORY_LOST : COPIED)
  );
}

function limitVerdict({ stabilizationWindowSeconds, policies }: ScalingRules): Fidelity | undefined {
  if (stabilizationWindowSeconds > MAX_WINDOW_SECONDS)
    return tooLong('stabilizationWindowSeconds', stabilizationWindowSeconds, MAX_WINDOW_SECONDS);
  const long = policies.find(({ periodSeconds }) => periodSeconds > MAX_PERIOD_SECONDS);
  return long && tooLong('periodSeconds', long.periodSeconds, MAX_PERIOD_SECONDS);
}

const tooLong = (property: string, value: number, limit: number): Fidelity =>
  refused(
    `An HPA takes at most ${limit} s for '${property}' (${value}); shorten it, or choose the own scaler.`,
  );

function roundedVerdict({ stabilizationWindowSeconds, policies }: ScalingRules): Fidelity | undefined {
  const spans = [stabilizationWindowSeconds, ...policies.map(({ periodSeconds }) => periodSeconds)];
  return spans.every(Number.isInteger) ? undefined : ROUNDED;
}

const COPIED = exact("The policy uses the HPA's own words for windows and rates; they are copied.");

const ROUNDED = approximate('An HPA knows only whole seconds: windows and periods are rounded up.');

const HISTORY_LOST = approximate(
  'A controller manager that restarts has forgotten the scale-downs of the last period and may allow as many again; the own scaler waits a period.',
);
