import { baseOf } from './decide/decide.ts';

/**
 * Seconds that the oldest message may wait where no objective is stated: those of a drain policy; else 300, or twice what
 * the policy lets a residue wait.
 */
export function defaultWaitSeconds(policy: Policy): number {
  const base = baseOf(policy);
  if (base.kind === 'drain') return base.sloSeconds;
  return Math.max(300, 2 * residueSecondsOf(policy));
}

/** Seconds after which a message that is left below the mark of a latch opens it; 0 where none does. */
export function residueSecondsOf(policy: Policy): number {
  const base = baseOf(policy);
  return base.kind === 'latch' ? (base.startWhen.oldestWaitSeconds ?? 0) : 0;
}

/** Plain, serializable data: a policy is what `decide` follows and what the compilers translate. */
export type Policy = BasePolicy | SchedulePolicy;
export type BasePolicy = LatchPolicy | ProportionalPolicy | DrainPolicy | FlowPolicy | ConstantPolicy;

interface Common {
  /** Lower bound on the count. @default 0 */
  readonly minReplicas: number;
  /** Upper bound on the count. For a latch: the N it opens to. */
  readonly maxReplicas: number;
  /** A reading older than this is stale and treated as missing. @default 60 */
  readonly staleAfterSeconds: number;
  readonly behavior: Behavior;
}

/** 0 or N: opens above a mark, closes when the queue is drained. */
export interface LatchPolicy extends Common {
  readonly kind: 'latch';
  readonly startWhen: LatchStart;
  readonly stopWhen: LatchStop;
  readonly ageOpens?: AgeOpens;
}

/**
 * `readyAtLeast`: open at ready >= N. `readyAbove`: open at ready > N, the source system's literal rule.
 * `oldestWaitSeconds` opens for a residue below the mark that has waited this long.
 */
export type LatchStart =
  | { readonly readyAtLeast: number; readonly oldestWaitSeconds?: number }
  | { readonly readyAbove: number; readonly oldestWaitSeconds?: number };

/**
 * `drained`: ready + unacked == 0 on two fresh readings in a row.
 * `ready-empty`: ready == 0 on one reading, the source system's literal rule (kills work in flight).
 */
export type LatchStop = 'drained' | 'ready-empty';

/**
 * How far the age of the oldest message opens a latch whose mark is not reached. `as-needed`: a replica for each
 * ready message, N at most, until drained; the mark still opens to N. `all`: to N. @default 'as-needed'
 */
export type AgeOpens = 'as-needed' | 'all';

/** ceil((ready + unacked) / perReplica). */
export interface ProportionalPolicy extends Common {
  readonly kind: 'proportional';
  /** Messages one replica is meant to have. */
  readonly perReplica: number;
}

/** Seconds one job takes one replica: said, or measured by the scaler. */
export interface ServiceTimed {
  /** Absent: the scaler measures it, beginning with `initialServiceSeconds`. */
  readonly meanServiceSeconds?: number;
  /** What a measured service time begins with. Only where `meanServiceSeconds` is absent. */
  readonly initialServiceSeconds?: number;
}

/**
 * The replicas that finish the backlog within an SLO: ceil(work x mean / (slo - podStart)). With `sloOf: 'wait'`
 * those that begin it within the SLO: ceil(work / (1 + floor((slo - podStart) / mean))), at most one a job.
 */
export interface DrainPolicy extends Common, ServiceTimed {
  readonly kind: 'drain';
  readonly sloSeconds: number;
  readonly podStartSeconds: number;
  readonly sloOf?: SloOf;
}

/** `completion`: the work ends within the SLO. `wait`: it begins within it. @default 'completion' */
export type SloOf = 'completion' | 'wait';

/**
 * Follows the rate: what arrives, and what is above that within a target wait.
 * rate x service / utilization + (work - that) / (1 + floor((targetWait - podStart) / service)), rounded up.
 */
export interface FlowPolicy extends Common, ServiceTimed {
  readonly kind: 'flow';
  /** Share of its time that a replica is meant to work, above 0 and at most 1. */
  readonly targetUtilization: number;
  /** Within which the backlog above the flow is to begin. */
  readonly targetWaitSeconds: number;
  readonly podStartSeconds: number;
}

/** Always `minReplicas`, whatever the load: it reads no backlog. A schedule makes a timetable of it. */
export interface ConstantPolicy extends Common {
  readonly kind: 'constant';
}

/** Raises the floor of another policy inside cron windows. */
export interface SchedulePolicy {
  readonly kind: 'schedule';
  readonly policy: BasePolicy;
  /** IANA time zone of every window, for example `Europe/Berlin`. */
  readonly timeZone: string;
  readonly windows: readonly ScheduleWindow[];
  /** Local dates (YYYY-MM-DD) on which no window starts. */
  readonly holidays: readonly string[];
}

/** A time in which a schedule raises the minimum. */
export interface ScheduleWindow {
  /** Cron expression (5 fields) at which the window starts, in the policy's time zone. */
  readonly start: string;
  /** Cron expression (5 fields) at which it ends. */
  readonly end: string;
  /** The floor while the window is open; at most the policy's maxReplicas. */
  readonly minReplicas: number;
}

/** The HPA's `behavior`, with the same words and meanings. @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** How fast replicas may change in one direction. */
export interface ScalingRules {
  /** Seconds of past recommendations that are considered. 0: none. */
  readonly stabilizationWindowSeconds: number;
  /** Empty: no limit on the rate. */
  readonly policies: readonly RatePolicy[];
  /** Which policy wins: the largest change allowed, the smallest, or none at all. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
}

/** The most that replicas may change in a period: a number of pods, or percent. */
export interface RatePolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}
