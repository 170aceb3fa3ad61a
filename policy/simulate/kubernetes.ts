import { messagesPerReplica } from '../backends/hpa/metric.ts';
import { roundUp } from '../bounds.ts';
import { clamp, rateLimit, samples, stabilize } from '../decide/decide.ts';
import type { Step } from '../decide/decision-input.ts';
import { emptyHistory, type History, isMissing, type Reading, type Reason } from '../decision.ts';
import type { BasePolicy, Policy } from '../policy.ts';

/** Who decides: the own scaler, an HPA on an external metric, or KEDA with its HPA. */
export type Backend = 'scaler' | 'hpa' | 'keda';

/** How a cluster's controllers are set. Seconds. */
export interface KubernetesTiming {
  /** Between two syncs of the HPA controller. */
  readonly syncSeconds: number;
  /** Second of the first sync: a controller does not begin when the work does. */
  readonly firstSyncSecond: number;
  /** Share by which a count may be off before it changes. */
  readonly tolerance: number;
  /** KEDA's pollingInterval: between two looks at 0 replicas and at none left. */
  readonly pollSeconds: number;
  /** KEDA's cooldownPeriod: from the last message to 0 replicas. */
  readonly cooldownSeconds: number;
}

/** The default of the controller manager. @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ */
const SYNC_SECONDS = 15;
const FIRST_SYNC_SECOND = 7;

/**
 * As `compileHpa` and `compileKeda` set them: an HPA of Kubernetes 1.35 takes a tolerance, and they give it 0.
 * @param given What another cluster has, for example a tolerance of 0.1 before 1.35
 */
export const kubernetesTiming = (
  policy: BasePolicy,
  pollSeconds: number,
  given: Partial<KubernetesTiming> = {},
): KubernetesTiming => ({
  ...{ syncSeconds: SYNC_SECONDS, firstSyncSecond: FIRST_SYNC_SECOND, tolerance: 0 },
  pollSeconds: Math.max(1, Math.round(pollSeconds)),
  cooldownSeconds: Math.ceil(policy.behavior.scaleDown.stabilizationWindowSeconds),
  ...given,
});

/**
 * The HPA controller, and with KEDA its operator between 0 and 1 replica. Above 0 the HPA alone counts:
 * ceil(messages / target), unless within its tolerance, then windows, rates and bounds as `decide` has them from it.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 * @see https://keda.sh/docs/latest/concepts/scaling-deployments/
 */
export class KubernetesScaler {
  readonly #policy: BasePolicy;
  readonly #timing: KubernetesTiming;
  readonly #keda: boolean;
  readonly #perReplica: number;
  #history: History = emptyHistory;
  #activeAt = Number.NEGATIVE_INFINITY;
  replicas: number;
  replicaChanges = 0;
  readonly reasons: Partial<Record<Reason, number>> = {};

  constructor(policy: BasePolicy, backend: 'hpa' | 'keda', replicas: number, timing: KubernetesTiming) {
    this.#policy = policy;
    this.#timing = timing;
    this.#keda = backend === 'keda';
    this.#perReplica = messagesPerReplica(policy) ?? Number.NaN;
    this.replicas = this.#keda ? replicas : Math.max(1, replicas);
  }

  due(second: number): boolean {
    return this.#syncs(second) || (this.#keda && this.#polls(second));
  }

  /** Without a metric both keep the count. */
  poll(reading: Reading, now: number, second: number): void {
    if (isMissing(reading)) {
      this.#count('ReadingMissing');
      return;
    }
    const work = reading.ready + reading.unacked;
    if (this.#keda && this.#polls(second)) this.#operate(work, second);
    // An HPA leaves 0 replicas alone.
    if (this.#syncs(second) && this.replicas > 0) this.#sync(work, now, reading);
  }

  #syncs(second: number): boolean {
    const { syncSeconds, firstSyncSecond } = this.#timing;
    return second >= firstSyncSecond && (second - firstSyncSecond) % syncSeconds === 0;
  }

  #polls = (second: number): boolean => second % this.#timing.pollSeconds === 0;

  /** KEDA's operator: the first replica for the first message, none when no message was seen for the cooldown. */
  #operate(work: number, second: number): void {
    if (work > 0) this.#activeAt = second;
    if (work > 0 && this.replicas === 0) {
      this.#set(Math.max(1, this.#policy.minReplicas), 'DesiredWithinRange');
      return;
    }
    const idle = second - this.#activeAt > this.#timing.cooldownSeconds;
    if (work > 0 || !idle || this.#policy.minReplicas > 0 || this.replicas === 0) return;
    this.#set(0, 'DesiredWithinRange');
    // An HPA whose target is at 0 forgets its recommendations in time: they are older than its window.
    this.#history = emptyHistory;
  }

  #sync(work: number, now: number, reading: Exclude<Reading, { missing: string }>): void {
    const { behavior, minReplicas, maxReplicas } = this.#policy;
    const situation = { reading, current: this.replicas, history: this.#history, now };
    const wanted = this.#wanted(work);
    const steady = stabilize(wanted, behavior, situation);
    const paced = rateLimit(steady, behavior, situation);
    const decided = clamp(paced, Math.max(1, minReplicas), maxReplicas);
    this.#remember(samples(situation), wanted.replicas, decided.replicas - this.replicas, now);
    this.#set(decided.replicas, decided.reason);
  }

  #wanted(work: number): Step {
    const ratio = work / (this.#perReplica * this.replicas);
    const near = Math.abs(ratio - 1) <= this.#timing.tolerance;
    const replicas = near ? this.replicas : roundUp(work / this.#perReplica);
    return { replicas, reason: 'DesiredWithinRange', message: '' };
  }

  #remember(past: History['recommendations'], wanted: number, by: number, now: number): void {
    const { scaleUp, scaleDown } = this.#policy.behavior;
    const window = 1000 * Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds);
    const periods = [...scaleUp.policies, ...scaleDown.policies].map(({ periodSeconds }) => periodSeconds);
    const period = 1000 * Math.max(0, ...periods);
    const made = by === 0 ? [] : [{ at: now, by }];
    this.#history = {
      since: this.#history.since ?? now,
      recommendations: [...past, { at: now, replicas: wanted }].filter(({ at }) => at > now - window),
      changes: [...this.#history.changes, ...made].filter(({ at }) => at > now - period),
    };
  }

  #set(replicas: number, reason: Reason): void {
    this.#count(reason);
    if (replicas !== this.replicas) this.replicaChanges += 1;
    this.replicas = replicas;
  }

  #count(reason: Reason): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }
}

/** Whether an HPA can follow a policy: it counts messages by replica, and knows no time of day. */
export const isCounted = (policy: Policy): policy is BasePolicy =>
  policy.kind !== 'schedule' && messagesPerReplica(policy) !== undefined;
