import { field, type LogRecord, type LogStore } from './log-store.ts';

/** What is looked for; both may be empty. */
export interface LogQuery {
  readonly namespace: string;
  /** Part of a line, in any case. */
  readonly text: string;
}

/** A line as it is shown. */
export interface FoundLine {
  /** RFC 3339. */
  readonly time: string;
  readonly namespace: string;
  readonly pod: string;
  readonly level: string;
  readonly message: string;
}

/** Lines that a search gives: of more, the newest. */
export const MOST_LINES = 200;
/** How far a search looks back. */
const SPAN_MS = 60 * 60_000;
const MOST_MESSAGE = 2000;

/** The newest lines of an environment's log store within the last hour: by namespace and text, and no other query. */
export class LogSearch {
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** At most 200 lines, the newest first. @throws Error whatever the reason; its message has no line in it */
  async search(query: LogQuery, now: number, signal: AbortSignal): Promise<readonly FoundLine[]> {
    const span = { from: new Date(now - SPAN_MS), to: new Date(now), most: MOST_LINES };
    return this.#shown(await this.#store.records({ ...query, ...span }, signal));
  }

  #shown(records: readonly LogRecord[]): FoundLine[] {
    const { line } = this.#store;
    return records
      .map((record) => ({
        ...{ time: field(record, line.time), namespace: field(record, line.namespace) },
        ...{ pod: field(record, line.pod), level: field(record, line.level) },
        message: field(record, line.message).slice(0, MOST_MESSAGE),
      }))
      .sort((a, b) => (a.time < b.time ? 1 : -1))
      .slice(0, MOST_LINES);
  }
}
