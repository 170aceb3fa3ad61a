import { PolicyError } from '../faults.ts';
import { DEFAULT_INITIAL_SERVICE_SECONDS } from '../measure/measures.ts';
import type {
  AgeOpens,
  BasePolicy,
  Behavior,
  ConstantPolicy,
  DrainPolicy,
  FlowPolicy,
  LatchPolicy,
  LatchStart,
  LatchStop,
  Policy,
  ProportionalPolicy,
  ScalingRules,
  SchedulePolicy,
  ScheduleWindow,
  SloOf,
} from '../policy.ts';
import { policyFaults } from './check-policy.ts';

/** What every kind may set. */
interface CommonProps {
  /** Lower bound on the count. @default 0 */
  readonly minReplicas?: number;
  /** A reading older than this decides nothing. @default 60 */
  readonly staleAfterSeconds?: number;
  /** Stabilization windows and rates, in the HPA's words; what is left out keeps the kind's default. */
  readonly behavior?: BehaviorProps;
}

interface BehaviorProps {
  readonly scaleUp?: Partial<ScalingRules>;
  readonly scaleDown?: Partial<ScalingRules>;
}

/** No window, no limit: the count follows the recommendation at once. */
const AT_ONCE: ScalingRules = { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' };

/** A latch has its own memory (two drained readings) and a constant nothing to follow: neither needs a window. */
const promptBehavior: Behavior = { scaleUp: AT_ONCE, scaleDown: AT_ONCE };

/** At once upwards, a backlog does not wait; downwards only what a window has not wanted. */
const fallingOver = (seconds: number): Behavior => ({
  scaleUp: AT_ONCE,
  scaleDown: { ...AT_ONCE, stabilizationWindowSeconds: seconds },
});

/** The scale-down window of a policy that knows neither pod start nor service time. */
const DEFAULT_WINDOW_SECONDS = 60;

/** Below it only changes are saved; an HPA takes no longer one than an hour. */
const SHORTEST_WINDOW_SECONDS = 30;
const LONGEST_WINDOW_SECONDS = 3600;

/**
 * The scale-down window from what a start costs: a replica that was not needed for so long would have been started
 * again for less. Whatever is no number leaves the shortest, and the check to name it.
 * @param starts How many times a pod's start and a job's time
 */
function windowOf(
  starts: number,
  { podStartSeconds = 0, meanServiceSeconds, initialServiceSeconds }: Partial<TimesProps>,
): number {
  const service = meanServiceSeconds ?? initialServiceSeconds ?? DEFAULT_INITIAL_SERVICE_SECONDS;
  const seconds = Math.ceil(starts * (Number(podStartSeconds) + Number(service)));
  return seconds > SHORTEST_WINDOW_SECONDS
    ? Math.min(seconds, LONGEST_WINDOW_SECONDS)
    : SHORTEST_WINDOW_SECONDS;
}

/** Seconds. */
interface TimesProps {
  readonly podStartSeconds: number;
  readonly meanServiceSeconds: number;
  readonly initialServiceSeconds: number;
}

const DEFAULT_STALE_AFTER_SECONDS = 60;

/** Props a kind does not know are passed on, so that the check names them. */
function withDefaults<Props extends CommonProps>(props: Props, defaults: Behavior) {
  return {
    minReplicas: 0,
    staleAfterSeconds: DEFAULT_STALE_AFTER_SECONDS,
    ...props,
    behavior: {
      ...props.behavior,
      scaleUp: { ...defaults.scaleUp, ...props.behavior?.scaleUp },
      scaleDown: { ...defaults.scaleDown, ...props.behavior?.scaleDown },
    },
  };
}

/** @throws {PolicyError} with every fault, in the words of the constructor's own props */
function validated<P extends Policy>(policy: P, reword = (fault: string) => fault): P {
  const faults = policyFaults(policy);
  if (faults.length > 0) throw new PolicyError(faults.map(reword));
  return policy;
}

/** What `constant` takes: replicas whatever the backlog is. */
export interface ConstantProps extends Omit<CommonProps, 'minReplicas'> {
  /** The count. */
  readonly replicas: number;
  /** How far the windows of a schedule may raise it. @default replicas */
  readonly maxReplicas?: number;
}

/**
 * Always the same count. It reads no backlog, so its source is the clock; `schedule` makes a timetable of it.
 *
 * @example schedule({ policy: constant({ replicas: 1, maxReplicas: 15 }), timeZone: 'Europe/Berlin',
 *   windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }] })
 * @throws {PolicyError} with every fault
 */
export function constant({ replicas, ...props }: ConstantProps): ConstantPolicy {
  const filled = { maxReplicas: replicas, ...withDefaults(props, promptBehavior), minReplicas: replicas };
  return validated({ ...filled, kind: 'constant' }, (fault) =>
    fault.replaceAll("'minReplicas'", "'replicas'"),
  );
}

/** What `drain` takes: the seconds in which the backlog is to be done. */
export interface DrainProps extends CommonProps {
  /** Seconds within which the backlog of now is to be finished, or to be begun where `sloOf` is `wait`. */
  readonly sloSeconds: number;
  /** What the SLO is of. A `wait` may be shorter than a job takes. @default 'completion' */
  readonly sloOf?: SloOf;
  /** Seconds one job takes one replica, on average. @default measured by the scaler */
  readonly meanServiceSeconds?: number;
  /** What the measured service time begins with. @default 10 */
  readonly initialServiceSeconds?: number;
  /** Seconds from a change of the count to the first job of a new replica. @default 0 */
  readonly podStartSeconds?: number;
  /** Upper bound on the count. */
  readonly maxReplicas: number;
}

/** Shorter, and the last of a burst waits for replicas that are gone: its wait passes the SLO. */
const DRAIN_WINDOW_STARTS = 4;

/**
 * The replicas that finish the backlog within an SLO: ceil(work x mean / (slo - podStart)). Scales down over a window
 * of four times a pod's start and a job's time, at least 30 s.
 *
 * @example drain({ sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 10, maxReplicas: 25 })
 * @throws {PolicyError} with every fault
 */
export function drain(props: DrainProps): DrainPolicy {
  const behavior = fallingOver(windowOf(DRAIN_WINDOW_STARTS, props));
  return validated({ podStartSeconds: 0, ...withDefaults(props, behavior), kind: 'drain' });
}

/** What `flow` takes: the seconds that a message should wait. */
export interface FlowProps extends CommonProps {
  /** Seconds within which a message above the flow is to be taken up. */
  readonly targetWaitSeconds: number;
  /** Share of its time that a replica is meant to work: what is left takes up the chance of arrivals. @default 0.8 */
  readonly targetUtilization?: number;
  /** Seconds one job takes one replica, on average. @default measured by the scaler */
  readonly meanServiceSeconds?: number;
  /** What the measured service time begins with. @default 10 */
  readonly initialServiceSeconds?: number;
  /** Seconds from a change of the count to the first job of a new replica. @default 0 */
  readonly podStartSeconds?: number;
  /** Upper bound on the count. */
  readonly maxReplicas: number;
}

/** A rate is smooth already: half of what a drain needs. */
const FLOW_WINDOW_STARTS = 2;

/**
 * Follows the rate of arrivals, and works off what is above it within a target wait. Scales down over a window of twice
 * a pod's start and a job's time, at least 30 s.
 *
 * @example flow({ targetWaitSeconds: 60, podStartSeconds: 10, maxReplicas: 25 })
 * @throws {PolicyError} with every fault
 */
export function flow(props: FlowProps): FlowPolicy {
  const behavior = fallingOver(windowOf(FLOW_WINDOW_STARTS, props));
  const filled = { targetUtilization: 0.8, podStartSeconds: 0, ...withDefaults(props, behavior) };
  return validated({ ...filled, kind: 'flow' });
}

/** What `latch` takes: when all replicas start, and when they stop. */
export interface LatchProps extends CommonProps {
  /** The N it opens to. */
  readonly replicas: number;
  /** What opens it. Without `oldestWaitSeconds` a residue below the mark waits indefinitely. */
  readonly startWhen: LatchStart;
  /** What closes it. @default 'drained' */
  readonly stopWhen?: LatchStop;
  /** How far `oldestWaitSeconds` opens it below the mark. @default 'as-needed' */
  readonly ageOpens?: AgeOpens;
}

/**
 * 0 or N replicas: opens above a mark, closes when the queue is drained.
 *
 * @example latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } })
 * @throws {PolicyError} with every fault
 */
export function latch({ replicas, ...props }: LatchProps): LatchPolicy {
  const filled = { stopWhen: 'drained' as const, ...withDefaults(props, promptBehavior) };
  return validated({ ...filled, kind: 'latch', maxReplicas: replicas }, (fault) =>
    fault.replaceAll("'maxReplicas'", "'replicas'"),
  );
}

/** What `proportional` takes: messages per replica. */
export interface ProportionalProps extends CommonProps {
  /** Messages one replica is meant to have. */
  readonly perReplica: number;
  /** Upper bound on the count. */
  readonly maxReplicas: number;
}

/**
 * ceil((ready + unacked) / perReplica) replicas; scales down over a window of 60 s.
 *
 * @example proportional({ perReplica: 10, maxReplicas: 25 })
 * @throws {PolicyError} with every fault
 */
export function proportional(props: ProportionalProps): ProportionalPolicy {
  return validated({ ...withDefaults(props, fallingOver(DEFAULT_WINDOW_SECONDS)), kind: 'proportional' });
}

/** What `schedule` takes: another policy, and the windows that raise its minimum. */
export interface ScheduleProps {
  /** The policy whose floor is raised. */
  readonly policy: BasePolicy;
  /** IANA time zone of every window, for example `Europe/Berlin`. */
  readonly timeZone: string;
  readonly windows: readonly ScheduleWindow[];
  /** Local dates (YYYY-MM-DD) on which no window starts. @default [] */
  readonly holidays?: readonly string[];
}

/**
 * Raises the floor of another policy inside cron windows.
 *
 * @example schedule({ policy, timeZone: 'Europe/Berlin',
 *   windows: [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 }] })
 * @throws {PolicyError} with every fault
 */
export function schedule(props: ScheduleProps): SchedulePolicy {
  return validated({ holidays: [], ...props, kind: 'schedule' });
}

/**
 * Reads a policy back from JSON. Nothing is filled in and nothing is ignored: a missing or an unknown
 * key is a fault, because a misspelt one would otherwise silently not scale.
 *
 * @throws {PolicyError} with every fault at once
 */
export function parsePolicy(data: unknown): Policy {
  assertPolicy(data);
  return data;
}

function assertPolicy(data: unknown): asserts data is Policy {
  const faults = policyFaults(data);
  if (faults.length > 0) throw new PolicyError(faults);
}
