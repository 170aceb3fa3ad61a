import { parseInstant } from '@sluice/runtime';
import type { DecisionRecord } from '../model/state.ts';
import { decisionFields } from './lines.ts';
import { field, type LogRecord, type LogStore } from './log-store.ts';

/** How far the first reading looks back: as long as a day's pattern of work. */
const SPAN_MS = 24 * 60 * 60_000;
/** How far each later one looks back behind the last: agents send lines seconds after they are written. */
const OVERLAP_MS = 2 * 60_000;
/** Decisions of one reading: of more, the newest. */
const MOST_RECORDS = 1000;

/** What only the scaler's line `decision` has; its `msg` may be gone, since agents keep one text of a line. */
const FIELDS = ['workload', 'current', 'replicas', 'reason'] as const;

/** Follows the scaler's decisions in a log store: each once, with the reason and the sentence that the scaler logged. */
export class DecisionLines {
  readonly #store: LogStore;
  readonly #namespace: string;
  /** Until when all is read, epoch milliseconds. */
  #readTo: number | undefined;
  #known: ReadonlySet<string> = new Set();

  /** @param namespace of the scaler's pods: lines of others are no decisions */
  constructor(store: LogStore, namespace: string) {
    this.#store = store;
    this.#namespace = namespace;
  }

  /** Those that are new, the oldest first. @throws Error whatever the reason; its message has no line in it */
  async read(now: number, signal: AbortSignal): Promise<readonly DecisionRecord[]> {
    const from = Math.max(now - SPAN_MS, (this.#readTo ?? 0) - OVERLAP_MS);
    const span = { from: new Date(from), to: new Date(now), most: MOST_RECORDS };
    const query = { namespace: this.#namespace, text: '', fields: FIELDS, ...span };
    const found = (await this.#store.records(query, signal)).flatMap((record) => this.#decision(record));
    const known = this.#known;
    this.#known = new Set(found.map(({ key }) => key));
    this.#readTo = now;
    return found
      .filter(({ key }) => !known.has(key))
      .map(({ decision }) => decision)
      .sort((a, b) => a.at - b.at);
  }

  /** @returns nothing for a record that has the fields and is no decision, hostile ones among them */
  #decision(record: LogRecord): readonly { readonly key: string; readonly decision: DecisionRecord }[] {
    const { line } = this.#store;
    const time = field(record, line.time);
    const at = parseInstant(time);
    const { success, data } = decisionFields.safeParse({
      ...Object.fromEntries(FIELDS.map((name) => [name, field(record, name)])),
      message: field(record, line.message),
    });
    if (!success || at === undefined) return [];
    const { workload, current: from, replicas: to, reason, message } = data;
    const key = JSON.stringify([time, field(record, line.pod), workload]);
    return [{ key, decision: { at, workload, from, to, reason, message } }];
  }
}
