import * as z from 'zod';
import { parseInstant } from './instant.ts';

/** How long one window of error lines lasts, minutes: it divides an hour, so that windows begin at n0. */
export const WINDOW_MINUTES = 10;

/** A span of time, epoch milliseconds: the start belongs to it, the end to the next. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A window of a namespace: what one object is about. */
export interface NamespaceWindow {
  readonly namespace: string;
  /** Epoch milliseconds, a whole minute. */
  readonly start: number;
}

/** The object families; archive, raw and done are in one bucket, reports in another. */
export type ObjectFamily = 'raw' | 'reports' | 'archive';

const SUFFIX = { raw: '.jsonl.gz', reports: '.json', archive: '.jsonl.gz' } as const;

/** '2026/11/29/1510' of an instant, UTC: keys sort as time does. */
export const timePath = (at: number): string =>
  new Date(at).toISOString().slice(0, 16).replace(/[-T]/g, '/').replace(':', '');

/** The key of an object: `raw/consumer/2026/11/29/1510.jsonl.gz`. The same window has the same key in each run. */
export const objectKey = (family: ObjectFamily, { namespace, start }: NamespaceWindow): string =>
  `${family}/${namespace}/${timePath(start)}${SUFFIX[family]}`;

/** What a run writes last: the window is complete, `done/raw/2026/11/29/1510.json`. */
export const doneKey = (family: 'raw' | 'archive', start: number): string =>
  `done/${family}/${timePath(start)}.json`;

/** The prefix of a namespace's objects of one UTC day, for a list: `reports/consumer/2026/11/29/`. */
export const dayPrefix = (family: ObjectFamily, { namespace, start }: NamespaceWindow): string =>
  `${family}/${namespace}/${timePath(start).slice(0, 11)}`;

const KEY =
  /^(raw|reports|archive)\/([a-z0-9][a-z0-9-]{0,62})\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)(\d\d)\.json(?:l\.gz)?$/;

/** The other way round. @returns undefined for a key of another form, or of a date that does not exist */
export function parseObjectKey(key: string): (NamespaceWindow & { family: ObjectFamily }) | undefined {
  const [, family, namespace = '', year, month, day, hour, minute] = KEY.exec(key) ?? [];
  const start = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  if (family === undefined || start === undefined) return undefined;
  const found = { family: family as ObjectFamily, namespace, start };
  return objectKey(found.family, found) === key ? found : undefined;
}

/** The first line of a raw or archived object. */
export const RAW_SCHEMA = 'sluice.log-window/v1';
/** A report; a reader takes no other version. */
export const REPORT_SCHEMA = 'sluice.log-report/v1';
/** What says that a window is complete. */
export const DONE_SCHEMA = 'sluice.log-done/v1';

const IN_UTC = /T\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const instant = z
  .string()
  .refine((text) => IN_UTC.test(text) && parseInstant(text) !== undefined, 'must be RFC 3339 in UTC');
const count = z.int().min(0);
const fields = z.record(z.string(), z.string());

const rawHeader = z.object({
  schema: z.literal(RAW_SCHEMA),
  namespace: z.string(),
  start: instant,
  end: instant,
});

/** A line of a container's log, or a Kubernetes event: each further line of a raw or archived object. */
const logLine = z.object({
  /** `event`: of the collector of Kubernetes events, whose `pod` is the object that it is about. */
  kind: z.enum(['line', 'event']),
  time: instant,
  /** Empty where the store does not know it. */
  pod: z.string(),
  container: z.string(),
  stream: z.string(),
  level: z.string(),
  message: z.string(),
  /** The other fields as the store has them, dotted where they were nested; of an event also `reason` and `type`. */
  fields: fields.optional(),
});

const reportGroup = z.object({
  /** 16 hexadecimal digits of the pattern's SHA-256: the same error has the same one in each window. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  /** The message with numbers, ids, addresses, hashes and quoted values masked. */
  pattern: z.string(),
  count,
  firstSeen: instant,
  lastSeen: instant,
  /** The earliest message as it was, shortened. */
  sample: z.string(),
  pods: z.array(z.object({ pod: z.string(), container: z.string(), count })),
  /** Lines of pods beyond those that are listed. */
  otherPodLines: count,
});

const reportEvent = z.object({
  pod: z.string(),
  reason: z.string(),
  type: z.string(),
  message: z.string(),
  count,
  firstSeen: instant,
  lastSeen: instant,
});

const logReport = z.object({
  schema: z.literal(REPORT_SCHEMA),
  namespace: z.string(),
  start: instant,
  end: instant,
  /** Error lines of the window, those of `ungrouped` included. */
  lines: count,
  /** Most lines first. */
  groups: z.array(reportGroup),
  /** Lines whose group found no place: a window has at most 1,000 groups. */
  ungrouped: count,
  /** Lines of the object that no reader understands. */
  unreadable: count,
  /** Kubernetes events of the pods that the groups name, most first. */
  events: z.array(reportEvent),
});

const doneWindow = z.object({
  schema: z.literal(DONE_SCHEMA),
  start: instant,
  end: instant,
  /** Namespace -> lines of its object. A namespace without a line has no object. */
  namespaces: z.record(z.string(), count),
});

export type RawHeader = z.output<typeof rawHeader>;
export type LogLine = z.output<typeof logLine>;
export type ReportGroup = z.output<typeof reportGroup>;
export type ReportEvent = z.output<typeof reportEvent>;
export type LogReport = z.output<typeof logReport>;
export type DoneWindow = z.output<typeof doneWindow>;

/** A document is not what its key promises. Its message names the property and the constraint, never the content. */
export class LogDocumentError extends Error {
  override readonly name = 'LogDocumentError';
}

function parse<T>(schema: z.ZodType<T>, what: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LogDocumentError(`${what} is no JSON`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const faults = error.issues.map(({ path, message }) => `'${path.join('.')}': ${message}`);
  throw new LogDocumentError(`${what} has ${faults.length} faults: ${faults.slice(0, 5).join('; ')}`);
}

/** @throws {LogDocumentError} for what is no report of this version */
export const parseReport = (text: string): LogReport => parse(logReport, 'the report', text);

/** @throws {LogDocumentError} for what is no first line of a window of this version */
export const parseRawHeader = (text: string): RawHeader =>
  parse(rawHeader, 'the first line of the window', text);

/** @throws {LogDocumentError} for what is no line of a window */
export const parseLogLine = (text: string): LogLine => parse(logLine, 'the line', text);

/** @throws {LogDocumentError} for what is no such document */
export const parseDone = (text: string): DoneWindow =>
  parse(doneWindow, 'the mark of a complete window', text);
