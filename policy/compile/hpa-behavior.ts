import type { Behavior, RatePolicy, ScalingRules } from '../policy.ts';
import type { Verdict } from './fidelity.ts';

/** The limits of the API server. @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

export interface HpaScalingRules extends ScalingRules {
  /** Share of the wanted count by which the present one may differ before it changes. */
  readonly tolerance?: string;
}

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

export function upVerdict({ scaleUp }: Behavior): Verdict {
  return limitVerdict(scaleUp) ?? roundedVerdict(scaleUp) ?? COPIED;
}

export function downVerdict({ scaleDown }: Behavior): Verdict {
  return (
    limitVerdict(scaleDown) ??
    roundedVerdict(scaleDown) ??
    (scaleDown.policies.length > 0 && scaleDown.selectPolicy !== 'Disabled' ? FORGETFUL : COPIED)
  );
}

function limitVerdict({ stabilizationWindowSeconds, policies }: ScalingRules): Verdict | undefined {
  if (stabilizationWindowSeconds > MAX_WINDOW_SECONDS)
    return refused('stabilizationWindowSeconds', stabilizationWindowSeconds, MAX_WINDOW_SECONDS);
  const long = policies.find(({ periodSeconds }) => periodSeconds > MAX_PERIOD_SECONDS);
  return long && refused('periodSeconds', long.periodSeconds, MAX_PERIOD_SECONDS);
}

const refused = (property: string, value: number, limit: number): Verdict => ({
  fidelity: 'refused',
  why: `An HPA takes at most ${limit} s for '${property}' (${value}); shorten it, or choose the own scaler.`,
});

function roundedVerdict({ stabilizationWindowSeconds, policies }: ScalingRules): Verdict | undefined {
  const spans = [stabilizationWindowSeconds, ...policies.map(({ periodSeconds }) => periodSeconds)];
  return spans.every(Number.isInteger) ? undefined : ROUNDED;
}

const COPIED: Verdict = {
  fidelity: 'exact',
  why: "The policy uses the HPA's own words for windows and rates; they are copied.",
};

const ROUNDED: Verdict = {
  fidelity: 'approximate',
  why: 'An HPA knows only whole seconds: windows and periods are rounded up.',
};

const FORGETFUL: Verdict = {
  fidelity: 'approximate',
  why: 'A controller manager that restarts has forgotten the scale-downs of the last period and may allow as many again; the own scaler waits a period.',
};
