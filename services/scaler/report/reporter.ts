import { type Decision, isMissing, type Measures, type Reason, type ScalerConfig } from '@sluice/policy';
import type { Observer, Outcome } from '../control/controller.ts';
import type { FailureCause } from '../sources/source.ts';
import type { EventRecorder } from './events.ts';
import type { ScalerMetrics } from './metrics.ts';

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
