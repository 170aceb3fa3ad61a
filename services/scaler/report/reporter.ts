import { type Decision, isMissing, type Measures, type Reason, type ScalerConfig } from '@sluice/policy';
import { counter, gauge, type Registry } from '@sluice/runtime';
import { scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import type { Observer, Outcome } from '../control/controller.ts';
import type { FailureCause } from '../sources/source.ts';
import type { EventRecorder } from './events.ts';

/** A queue that was not empty since its first sight gives no age of its oldest message. */
const WAIT_SOURCES = scaler.oldestWait.labels.source;

/** What the scaler counts. */
interface ScalerMetrics {
  decided(outcome: Outcome): void;
  readingFailed(workload: string, cause: FailureCause): void;
  targetFailed(workload: string, operation: 'read' | 'write'): void;
}

/** The registry that metrics are added to. */
export interface MetricsOptions {
  readonly registry: Registry;
  readonly mayAct: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Registers what the scaler reports. */
export function scalerMetrics({ registry, mayAct, now }: MetricsOptions): ScalerMetrics {
  const measuredAt = new Map<string, number>();
  const backlog = gauge(registry, scaler.backlog);
  const desired = gauge(registry, scaler.desiredReplicas);
  const current = gauge(registry, scaler.currentReplicas);
  const decisions = counter(registry, scaler.decisions);
  const readingFailures = counter(registry, scaler.readingFailures);
  const targetFailures = counter(registry, scaler.targetFailures);
  gauge(registry, scaler.readingAge, (age) => {
    for (const [workload, at] of measuredAt) age.set({ workload }, Math.max(0, now() - at) / 1000);
  });
  const oldestWait = gauge(registry, scaler.oldestWait);
  gauge(registry, scaler.leader, (leader) => leader.set(mayAct() ? 1 : 0));
  const counted = measuresGauges(registry, now);
  const measured = ({ workload, reading, oldestWait: oldest, decision }: Outcome): void => {
    if (isMissing(reading) || decision.reason === 'ReadingInvalid') return;
    measuredAt.set(workload, reading.at);
    backlog.set({ workload, state: 'ready' }, reading.ready);
    backlog.set({ workload, state: 'unacked' }, reading.unacked);
    for (const source of WAIT_SOURCES) {
      if (oldest?.source === source) oldestWait.set({ workload, source }, oldest.seconds);
      else oldestWait.remove({ workload, source });
    }
  };
  return {
    decided: (outcome) => {
      const { workload, decision } = outcome;
      measured(outcome);
      counted(outcome);
      desired.set({ workload }, decision.replicas);
      current.set({ workload }, decision.replicas);
      decisions.inc({ workload, reason: decision.reason });
    },
    readingFailed: (workload, cause) => readingFailures.inc({ workload, cause }),
    targetFailed: (workload, operation) => targetFailures.inc({ workload, operation }),
  };
}

/** What is measured, and how old it is: the age shows a source that no longer reports its totals. */
function measuresGauges(registry: Registry, now: () => number): (outcome: Outcome) => void {
  const countedAt = new Map<string, number>();
  const arrivals = gauge(registry, scaler.arrivals);
  const service = gauge(registry, scaler.serviceTime);
  gauge(registry, scaler.measuresAge, (age) => {
    for (const [workload, at] of countedAt) age.set({ workload }, Math.max(0, now() - at) / 1000);
  });
  return ({ workload, measures }) => {
    if (measures === undefined) return;
    countedAt.set(workload, measures.at);
    arrivals.set({ workload }, measures.arrivalsPerSecond);
    service.set({ workload }, measures.serviceSeconds);
  };
}

/** A structured logger: facts as fields, the message constant. */
export interface LoggerLike {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Where decisions are logged, counted and written as Events. */
export interface ReporterOptions {
  readonly config: ScalerConfig;
  readonly log: LoggerLike;
  readonly metrics: ScalerMetrics;
  /** Absent outside Kubernetes. */
  readonly events?: EventRecorder;
}

const FROZEN: Readonly<Partial<Record<Reason, FailureCause | undefined>>> = {
  ReadingMissing: undefined,
  ReadingStale: 'stale',
  ReadingInvalid: 'invalid',
};

const isFrozen = ({ reason }: Decision): boolean => reason in FROZEN;

const measuredFacts = ({ arrivalsPerSecond, serviceSeconds }: Measures) => ({
  arrivalsPerSecond: Number(arrivalsPerSecond.toPrecision(3)),
  serviceSeconds: Number(serviceSeconds.toPrecision(3)),
});

/**
 * Reports what was decided: metrics always; a log line on every change of replicas or reason; an Event
 * on the target when replicas change or readings begin to fail.
 */
export class Reporter implements Observer {
  readonly #options: ReporterOptions;
  readonly #targets: ReadonlyMap<string, ScalerConfig['workloads'][number]['target']>;
  readonly #last = new Map<string, Decision>();
  readonly #failing = new Map<string, string>();

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#targets = new Map(options.config.workloads.map(({ name, target }) => [name, target]));
  }

  decided(outcome: Outcome): void {
    const { workload, decision, current } = outcome;
    const last = this.#last.get(workload);
    this.#last.set(workload, decision);
    this.#options.metrics.decided(outcome);
    const cause = FROZEN[decision.reason];
    if (cause !== undefined) this.#options.metrics.readingFailed(workload, cause);
    const newReason = last?.reason !== decision.reason;
    const scaled = decision.replicas !== current;
    if (newReason || scaled || last?.replicas !== decision.replicas) this.#log(outcome);
    if (scaled || (newReason && isFrozen(decision))) this.#event(outcome, scaled);
    if (!isFrozen(decision)) this.#failing.delete(`${workload} reading`);
    this.#failing.delete(`${workload} target`);
  }

  readingFailed(workload: string, cause: FailureCause, message: string): void {
    this.#options.metrics.readingFailed(workload, cause);
    if (this.#isNews(`${workload} reading`, cause)) {
      this.#options.log.warn({ workload, cause, error: message }, 'reading failed');
    }
  }

  targetFailed(workload: string, operation: 'read' | 'write', message: string): void {
    this.#options.metrics.targetFailed(workload, operation);
    if (this.#isNews(`${workload} target`, operation)) {
      this.#options.log.warn({ workload, operation, error: message }, 'target failed');
    }
  }

  /** Forgets what was said, so that a new term begins with a line for every workload. */
  reset(): void {
    this.#last.clear();
  }

  /** A failure is logged when it begins or changes, not at every poll; the counters hold the rest. */
  #isNews(subject: string, what: string): boolean {
    const known = this.#failing.get(subject) === what;
    this.#failing.set(subject, what);
    return !known;
  }

  #log({ workload, reading, current, decision, measures }: Outcome): void {
    const { replicas, reason, message } = decision;
    const facts = isMissing(reading) ? { missing: reading.missing } : reading;
    const told = measures === undefined ? {} : measuredFacts(measures);
    this.#options.log.info({ workload, ...facts, ...told, current, replicas, reason, message }, 'decision');
  }

  #event({ workload, decision, uid }: Outcome, scaled: boolean): void {
    const target = this.#targets.get(workload);
    if (target === undefined || target.kind === 'process') return;
    const { kind, namespace, name } = target;
    this.#options.events?.record({
      regarding: { kind, namespace, name, ...(uid !== undefined && { uid }) },
      type: scaled ? 'Normal' : 'Warning',
      action: scaled ? 'Scale' : 'Freeze',
      reason: decision.reason,
      note: decision.message,
    });
  }
}
