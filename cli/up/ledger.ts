import type { Reason } from '@sluice/policy';

/** One JSON line of a service, as far as the ledger reads it; every other `msg` passes it by. */
export type ServiceLine =
  | { msg: 'run confirmed'; runId: string; jobs: number; confirmed: number }
  | {
      msg: 'job processed';
      jobId: string;
      outcome: string;
      redelivered: boolean;
      waitSeconds: number;
      time: number;
    }
  | { msg: 'decision'; current: number; replicas: number; reason: Reason; message: string; time: number };

/** A change of replicas that the scaler reported. */
export interface DecisionRecord {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
  readonly message: string;
}

/** Everything a run of this machine knows of its jobs: what went in, what came out, what was decided. */
export class Ledger {
  /** Those that changed the count, or froze it. */
  readonly decisions: DecisionRecord[] = [];
  readonly waits: number[] = [];
  /** Instants (epoch ms) at which a job succeeded, in order. */
  readonly completions: number[] = [];
  published = 0;
  confirmed = 0;
  redelivered = 0;
  parked = 0;
  readonly #runs = new Set<string>();
  readonly #succeeded = new Map<string, number>();

  /** Only jobs of runs that were announced here count: a borrowed broker may hold others. */
  announce(runId: string, jobs: number): void {
    this.#runs.add(runId);
    this.published += jobs;
  }

  record(line: ServiceLine): void {
    if (line.msg === 'run confirmed') this.confirmed += line.confirmed;
    else if (line.msg === 'decision') this.#decided(line);
    else if (line.msg === 'job processed' && this.#runs.has(runOf(line.jobId))) this.#processed(line);
  }

  /** Jobs of no run of this machine that its workers had to do first, as far as they are known. */
  get earlier(): number {
    return 0;
  }

  /** Distinct jobs that succeeded. */
  get processed(): number {
    return this.#succeeded.size;
  }

  /** Jobs that succeeded more than once. */
  get duplicated(): number {
    return [...this.#succeeded.values()].filter((times) => times > 1).length;
  }

  /** Confirmed jobs that neither succeeded nor were parked. */
  get lost(): number {
    return Math.max(0, this.confirmed - this.processed - this.parked);
  }

  get settled(): boolean {
    return this.confirmed >= this.published && this.lost === 0;
  }

  get balanced(): boolean {
    const { published, confirmed, processed, lost, duplicated } = this;
    return published === confirmed && confirmed === processed && lost === 0 && duplicated === 0;
  }

  #decided({ time, current, replicas, reason, message }: Extract<ServiceLine, { msg: 'decision' }>): void {
    const frozen = reason.startsWith('Reading');
    if (current === replicas && !frozen) return;
    this.decisions.push({ at: time, from: current, to: replicas, reason, message });
  }

  #processed(line: Extract<ServiceLine, { msg: 'job processed' }>): void {
    if (line.redelivered) this.redelivered += 1;
    if (line.outcome === 'parked') this.parked += 1;
    if (line.outcome !== 'succeeded') return;
    this.#succeeded.set(line.jobId, (this.#succeeded.get(line.jobId) ?? 0) + 1);
    this.waits.push(line.waitSeconds);
    this.completions.push(line.time);
  }
}

const runOf = (jobId: string): string => jobId.slice(0, jobId.lastIndexOf('-'));

/** The value below which `share` of the values lie (nearest rank). @returns NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
