import { baseOf } from '../decide/decide.ts';
import type { BasePolicy, LatchPolicy, Policy, ServiceTimed } from '../policy.ts';

/** What depends on the version of a cluster, where it is not said. */
export interface Capabilities {
  /** An HPA may have a minimum of 0: the feature gate HPAScaleToZero, on by default from 1.37 on. */
  readonly scaleToZero: boolean;
  /** `behavior` may hold a tolerance: from 1.35 on. */
  readonly tolerance: boolean;
}

interface Versioned extends Partial<Capabilities> {
  readonly kubernetes?: string | undefined;
}

const SCALES_TO_ZERO = 37;
const TOLERATES = 35;

/** What was said of the gates counts before what the version has by default. */
export function capabilitiesOf({ kubernetes, scaleToZero, tolerance }: Versioned): Capabilities {
  const minor = kubernetes === undefined ? undefined : minorOf(kubernetes);
  return {
    scaleToZero: scaleToZero ?? (minor ?? 0) >= SCALES_TO_ZERO,
    tolerance: tolerance ?? (minor ?? TOLERATES) >= TOLERATES,
  };
}

/** What is wrong with a stated version of Kubernetes; empty where nothing is. */
export const kubernetesFaults = ({ kubernetes }: Versioned): readonly string[] =>
  kubernetes === undefined || minorOf(kubernetes) !== undefined
    ? []
    : [`'kubernetes' (${JSON.stringify(kubernetes)}) must be a version such as 1.36`];

/** '1.36', 'v1.36' and 'v1.36.3' are of minor 36. */
function minorOf(version: string): number | undefined {
  const [, minor] = /^v?1\.(\d{1,4})(?:\.\d{1,6})?$/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}

/** The sentences a policy is made of. A back-end keeps each exactly, about, or not at all. */
export type Clause =
  | 'startWhen.readyAtLeast'
  | 'startWhen.readyAbove'
  | 'startWhen.oldestWaitSeconds'
  | 'ageOpens.as-needed'
  | 'ageOpens.all'
  | 'stopWhen.drained'
  | 'stopWhen.ready-empty'
  | 'perReplica'
  | 'sloSeconds'
  | 'serviceSeconds.measured'
  | 'targetWaitSeconds'
  | 'constant'
  | 'minReplicas'
  | 'maxReplicas'
  | 'staleAfterSeconds'
  | 'behavior.scaleUp'
  | 'behavior.scaleDown'
  | 'windows'
  | 'holidays';

/** Whether a back-end keeps a clause, and why. */
export interface Fidelity {
  readonly fidelity: 'exact' | 'approximate' | 'refused';
  /** One sentence; a refused clause stops synth with it. */
  readonly why: string;
}

/** The clause is kept as it is. */
export const exact = (why: string): Fidelity => ({ fidelity: 'exact', why });
/** The clause is kept about, with a difference that the sentence names. */
export const approximate = (why: string): Fidelity => ({ fidelity: 'approximate', why });
/** The clause cannot be kept; the sentence stops synth. */
export const refused = (why: string): Fidelity => ({ fidelity: 'refused', why });

/** Whether a back-end keeps one clause of one workload's policy. */
export interface ClauseFidelity extends Fidelity {
  readonly workload: string;
  readonly clause: Clause;
}

/** What one back-end makes of one clause: all that the own scaler, the HPA and KEDA differ in here. */
export type BackendSupport = (clause: Clause, policy: Policy) => Fidelity;

/** One verdict a clause of the policy, none left out. */
export const assessFidelity = (
  workload: string,
  policy: Policy,
  support: BackendSupport,
): readonly ClauseFidelity[] =>
  clausesOf(policy).map((clause) => ({ workload, clause, ...support(clause, policy) }));

/** The sentences that stop synth; empty when everything can be kept, exactly or about. */
export const refusals = (fidelity: readonly ClauseFidelity[]): readonly string[] =>
  fidelity
    .filter((entry) => entry.fidelity === 'refused')
    .map(({ workload, clause, why }) => `workload '${workload}', ${clause}: ${why}`);

/** The clauses that a policy is made of, in the order of reports. */
export function clausesOf(policy: Policy): readonly Clause[] {
  const base = baseOf(policy);
  const scheduled: readonly Clause[] =
    policy.kind !== 'schedule' ? [] : policy.holidays.length > 0 ? ['windows', 'holidays'] : ['windows'];
  return [
    ...ownClauses(base),
    'minReplicas',
    'maxReplicas',
    'staleAfterSeconds',
    'behavior.scaleUp',
    'behavior.scaleDown',
    ...scheduled,
  ];
}

function ownClauses(base: BasePolicy): readonly Clause[] {
  if (base.kind === 'proportional') return ['perReplica'];
  if (base.kind === 'drain') return ['sloSeconds', ...measuredClauses(base)];
  if (base.kind === 'flow') return ['targetWaitSeconds', ...measuredClauses(base)];
  if (base.kind === 'constant') return ['constant'];
  return latchClauses(base);
}

const measuredClauses = ({ meanServiceSeconds }: ServiceTimed): readonly Clause[] =>
  meanServiceSeconds === undefined ? ['serviceSeconds.measured'] : [];

function latchClauses({ startWhen, stopWhen, ageOpens = 'as-needed' }: LatchPolicy): readonly Clause[] {
  return [
    'readyAtLeast' in startWhen ? 'startWhen.readyAtLeast' : 'startWhen.readyAbove',
    ...(startWhen.oldestWaitSeconds === undefined
      ? []
      : (['startWhen.oldestWaitSeconds', `ageOpens.${ageOpens}`] as const)),
    `stopWhen.${stopWhen}`,
  ];
}
