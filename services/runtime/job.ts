/** The version that this code writes and reads. */
export const JOB_SCHEMA = 'sluice.job/v1';

/** The body of a message: what publisher and consumer agree on. */
export interface Job {
  readonly schema: typeof JOB_SCHEMA;
  /** `${runId}-${index}`; the same again when a run is repeated. */
  readonly id: string;
  readonly runId: string;
  readonly index: number;
  /** When it was published, epoch milliseconds. */
  readonly enqueuedAt: number;
}

/** A message that no handler can work on, now or later. */
export class InvalidJobError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('; '));
    this.name = 'InvalidJobError';
    this.faults = faults;
  }
}

/** The id of a job: the same run and index give the same. */
export const jobId = (runId: string, index: number): string => `${runId}-${index}`;

/** A job as the body of a message; `enqueuedAt` in epoch milliseconds. */
export function encodeJob(runId: string, index: number, enqueuedAt: number): Buffer {
  const job: Job = { schema: JOB_SCHEMA, id: jobId(runId, index), runId, index, enqueuedAt };
  return Buffer.from(JSON.stringify(job));
}

/** Bytes of the longest body that is read, where no other bound is given. */
export const MAX_JOB_BYTES = 64 * 1024;
/** An id is a message id too, which holds this many. */
const LONGEST_ID_BYTES = 255;
/** The last instant that a Date can hold. */
const LAST_INSTANT_MS = 8.64e15;

/**
 * Checked by hand: it runs for every message.
 * @param maxBytes A longer body is not read: parsing it may take more memory than there is
 * @throws InvalidJobError with every fault of the body
 */
export function decodeJob(content: Buffer, maxBytes: number = MAX_JOB_BYTES): Job {
  if (content.length > maxBytes)
    throw new InvalidJobError([`the body (${content.length} bytes) must not exceed ${maxBytes} bytes`]);
  const body = parse(content);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidJobError(['the body must be a JSON object']);
  const faults = faultsOf(body as Record<string, unknown>);
  if (faults.length > 0) throw new InvalidJobError(faults);
  return body as Job;
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new InvalidJobError(['the body must be JSON']);
  }
}

const isId = (value: unknown): boolean =>
  typeof value === 'string' &&
  value !== '' &&
  // A character takes 3 bytes at most, so most ids need not be measured.
  (value.length * 3 <= LONGEST_ID_BYTES || Buffer.byteLength(value) <= LONGEST_ID_BYTES);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const isInstant = (value: unknown): boolean => isCount(value) && (value as number) <= LAST_INSTANT_MS;
const ID = `a non-empty string of at most ${LONGEST_ID_BYTES} bytes`;

function faultsOf(body: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  const check = (name: string, holds: boolean, constraint: string) => {
    if (!holds) faults.push(`'${name}' (${shown(body[name])}) must be ${constraint}`);
  };
  check('schema', body.schema === JOB_SCHEMA, `'${JOB_SCHEMA}'`);
  check('id', isId(body.id), ID);
  check('runId', isId(body.runId), ID);
  check('index', isCount(body.index), 'an integer from 0');
  check('enqueuedAt', isInstant(body.enqueuedAt), 'epoch milliseconds');
  return faults;
}

/** Short: a fault becomes a message header, and a body may be large, or nested without an end. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return (JSON.stringify(value) ?? 'absent').slice(0, 60);
}
