// biome-ignore lint/style/noRestrictedImports: the file is a log that grows, no secret
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { REASONS } from '@sluice/policy';
import * as z from 'zod';
import { field, type LogRecord, type LogStore } from './log-store.ts';

/** What is read at once; of a log that grew by more, the rest is read at the next call. */
const CHUNK_BYTES = 1024 * 1024;
/** A line without an end does not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Follows a file of lines that others append to; a file that was cut or replaced is read from its beginning. */
export class LogFile {
  readonly #path: string;
  #position = 0;
  #inode = 0;
  #rest = '';
  #decoder = new StringDecoder('utf8');

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that are new since the last call, at most 1 MiB of them. @throws Error where the file cannot be read */
  async lines(): Promise<readonly string[]> {
    const file = await open(this.#path, 'r');
    try {
      const { size, ino } = await file.stat();
      if (ino !== this.#inode || size < this.#position) this.#restart(ino);
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#position);
      this.#position += bytesRead;
      return this.#split(this.#decoder.write(buffer.subarray(0, bytesRead)));
    } finally {
      await file.close();
    }
  }

  #split(text: string): string[] {
    const lines = `${this.#rest}${text}`.split('\n');
    const rest = lines.pop() ?? '';
    this.#rest = rest.length > LONGEST_LINE ? '' : rest;
    return lines.filter(({ length }) => length > 0 && length <= LONGEST_LINE);
  }

  #restart(inode: number): void {
    this.#inode = inode;
    this.#position = 0;
    this.#rest = '';
    this.#decoder = new StringDecoder('utf8');
  }
}

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

/** A decision is one sentence; what is longer is cut. */
const LONGEST_MESSAGE = 400;

const count = z.number().int().min(0).max(1_000_000);
const instant = z.number().int().min(0).max(8.64e15);

const told = {
  workload: z.string().min(1).max(253),
  reason: z.enum(REASONS),
  message: z.string().transform((text) => text.slice(0, LONGEST_MESSAGE)),
};

const decision = z.object({
  ...{ msg: z.literal('decision'), time: instant },
  ...{ current: count, replicas: count, ...told },
});

const countText = z
  .string()
  .regex(/^\d{1,7}$/)
  .transform(Number)
  .pipe(count);

/** A decision as a log store has it: each field of the line is text. */
export const decisionFields = z.object({ current: countText, replicas: countText, ...told });

const processed = z.object({
  msg: z.literal('job processed'),
  time: instant,
  outcome: z.enum(['succeeded', 'retried', 'parked']),
});

const line = z.discriminatedUnion('msg', [decision, processed]);

/** A line of a service that the board understands. @see services/README.md, "Lines that others read" */
export type ServiceLine = z.output<typeof line>;

/** @returns undefined for any other line, hostile ones among them */
export function parseServiceLine(text: string): ServiceLine | undefined {
  // Most lines of a log are of no interest: they are not parsed.
  if (!text.includes('"msg":"decision"') && !text.includes('"msg":"job processed"')) return undefined;
  try {
    const { success, data } = line.safeParse(JSON.parse(text));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}
