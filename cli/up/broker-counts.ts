import { request } from '@sluice/runtime';
import { Ledger } from './ledger.ts';
import type { ServiceProcess } from './processes.ts';

/** Why a run is over. */
export type RunOutcome = 'settled' | 'stalled' | 'interrupted' | 'failed';

/** What a run looks like at one instant, as far as its end depends on it. */
export interface Progress {
  readonly publishing: boolean;
  readonly settled: boolean;
  readonly processed: number;
  /** Undefined while there is no reading. */
  readonly replicas: number | undefined;
  readonly interrupted: boolean;
  /** A service that ended although the run goes on, or ended badly. */
  readonly failed: Pick<ServiceProcess, 'name'> | undefined;
}

/**
 * Detects when a run is over: everything done and the workload back at 0; or nothing moved for
 * `stallSeconds`; or the user interrupted it; or a service failed.
 */
export class CompletionMonitor {
  readonly #stallMs: number;
  #movedAt: number;
  #last = '';

  constructor(stallSeconds: number, now: number) {
    this.#stallMs = stallSeconds * 1000;
    this.#movedAt = now;
  }

  ending(progress: Progress, now: number): RunOutcome | undefined {
    if (progress.interrupted) return 'interrupted';
    if (progress.failed !== undefined) return 'failed';
    if (!progress.publishing && progress.settled && progress.replicas === 0) return 'settled';
    return this.#stalled(progress, now) ? 'stalled' : undefined;
  }

  /** Between two publisher runs nothing need move; a settled workload is idle, not stalled. */
  #stalled({ publishing, settled, processed, replicas }: Progress, now: number): boolean {
    const state = `${processed} ${replicas} ${publishing && settled}`;
    if (state !== this.#last || (publishing && settled)) this.#movedAt = now;
    this.#last = state;
    return now - this.#movedAt >= this.#stallMs;
  }
}

/** What the broker counts of a work queue: the only witness where a worker prints nothing that is known here. */
export interface BrokerCounts {
  /** Messages that are ready or unacknowledged in the queue, or wait for their retry. */
  readonly left: number;
  readonly parked: number;
  /** Deliveries that were acknowledged since the queue was declared; without acknowledgements, deliveries. */
  readonly acknowledged: number;
  /** Messages that workers published for another try, or parked. */
  readonly republished: number;
  readonly redelivered: number;
}

/** An administrator's way to the management API. */
export interface ManagementAccess {
  readonly managementUrl: string;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

const TIMEOUT_MS = 2000;

/** @returns undefined while the broker does not answer, and once the signal has aborted. @see https://www.rabbitmq.com/docs/http-api-reference */
export async function readCounts(
  queue: string,
  access: ManagementAccess,
  signal: AbortSignal,
): Promise<BrokerCounts | undefined> {
  try {
    const names = [queue, `${queue}.retry`, `${queue}.parked`];
    const [work, retry, parked] = await Promise.all(names.map((name) => statisticsOf(name, access, signal)));
    if (work === undefined || retry === undefined || parked === undefined) return undefined;
    return {
      left: work.messages + retry.messages,
      parked: parked.messages,
      acknowledged: work.ack + work.deliver_no_ack + work.get_no_ack,
      republished: retry.publish + parked.publish,
      redelivered: work.redeliver,
    };
  } catch {
    return undefined;
  }
}

const STATISTICS = ['ack', 'deliver_no_ack', 'get_no_ack', 'publish', 'redeliver'] as const;
type Statistics = Record<(typeof STATISTICS)[number] | 'messages', number>;

async function statisticsOf(
  queue: string,
  { managementUrl, username, password, vhost }: ManagementAccess,
  signal: AbortSignal,
): Promise<Statistics> {
  const url = `${managementUrl}/api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`;
  const credentials = { username, password };
  const { status, body } = await request({ url, credentials, timeoutMs: TIMEOUT_MS, signal });
  if (status === 404) return parseStatistics({});
  if (status !== 200) throw new Error(`the broker answers ${status}`);
  return parseStatistics(JSON.parse(body.toString()));
}

/** A count that is not there yet is 0: a queue that never saw a message has no statistics. */
export function parseStatistics(queue: {
  readonly messages?: unknown;
  readonly message_stats?: Readonly<Record<string, unknown>>;
}): Statistics {
  const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);
  const { messages, message_stats: statistics = {} } = queue;
  const counts = Object.fromEntries(STATISTICS.map((name) => [name, count(statistics[name])]));
  return { ...(counts as Statistics), messages: count(messages) };
}

/** The ledger of a worker whose log has another format: the broker's counts show what became of its jobs. */
export class BrokerLedger extends Ledger {
  #base: BrokerCounts | undefined;
  #now: BrokerCounts | undefined;

  /** A borrowed broker may have counted before: what the first reading says is none of this run's. @param at epoch ms */
  observe(counts: BrokerCounts, at: number): void {
    this.#base ??= counts;
    const before = this.processed;
    this.#now = counts;
    for (let done = before; done < this.processed; done += 1) this.completions.push(at);
    this.parked = this.#since('parked');
    this.redelivered = this.#since('redelivered');
  }

  /** Jobs that the queue held before the run: they are done first. */
  override get earlier(): number {
    return this.#base?.left ?? 0;
  }

  /** Acknowledged and not published again: done. */
  override get processed(): number {
    return Math.max(0, Math.min(this.#done, this.confirmed));
  }

  /** Acknowledged more often than it was published. */
  override get duplicated(): number {
    return Math.max(0, this.#done - this.confirmed);
  }

  override get settled(): boolean {
    return this.confirmed >= this.published && this.lost === 0 && (this.#now?.left ?? 0) === 0;
  }

  get #done(): number {
    return this.#since('acknowledged') - this.#since('republished') - this.earlier;
  }

  #since(count: keyof BrokerCounts): number {
    return (this.#now?.[count] ?? 0) - (this.#base?.[count] ?? 0);
  }
}
