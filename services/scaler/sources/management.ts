import { readFile } from 'node:fs/promises';
import type { Backlog, ManagementSource } from '@sluice/policy';
import { getJson, join } from './http.ts';
import type { Shared } from './shared.ts';
import { type BacklogSource, ReadingError } from './source.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The queues of one virtual host, by name, as one request told them. */
export interface Listing {
  readonly queues: ReadonlyMap<string, Fields>;
  readonly at: number;
}

const COLUMNS = 'columns=name,messages_ready,messages_unacknowledged,head_message_timestamp';

/** GET {url}/api/queues/{vhost}: cheaper than a request a queue from a few queues on. */
export async function fetchListing(
  source: ManagementSource,
  signal: AbortSignal,
  now: () => number,
): Promise<Listing> {
  const at = now();
  const rows = await get(source, `api/queues/${encodeURIComponent(source.vhost)}?${COLUMNS}`, signal);
  if (!Array.isArray(rows))
    throw new ReadingError('invalid', `${source.url} did not answer with a list of queues`);
  return { queues: new Map(rows.filter(isFields).map((row) => [String(row.name), row])), at };
}

/**
 * The management API of LavinMQ or RabbitMQ.
 *
 * `at` is the request's start: the answer carries no instant. LavinMQ counts while it answers; RabbitMQ's
 * counts may be older by up to its collect_statistics_interval (5 s unless configured).
 * The oldest wait is known where the broker tells `head_message_timestamp` (RabbitMQ's classic queues, when
 * the publisher stamps its messages); it may be that of a message in flight, hence an upper bound.
 */
export function managementSource(
  source: ManagementSource,
  now: () => number,
  listing?: Shared<Listing>,
): BacklogSource {
  const alone = async (signal: AbortSignal): Promise<Backlog> => {
    const at = now();
    const path = `api/queues/${encodeURIComponent(source.vhost)}/${encodeURIComponent(source.queue)}`;
    return toBacklog(await get(source, `${path}?${COLUMNS}`, signal), at, source);
  };
  const listed = async (signal: AbortSignal, shared: Shared<Listing>): Promise<Backlog> => {
    const { queues, at } = await shared.get(signal);
    const row = queues.get(source.queue);
    if (row === undefined) throw new ReadingError('queue-missing', `${name(source)} does not exist`);
    return toBacklog(row, at, source);
  };
  const read = listing === undefined ? alone : (signal: AbortSignal) => listed(signal, listing);
  return { group: `${source.url} ${source.vhost}`, read };
}

/** The password is read each time, so that a rotated secret needs no restart. */
async function get(source: ManagementSource, path: string, signal: AbortSignal): Promise<unknown> {
  const password = await readPassword(source.passwordFile);
  const credentials = Buffer.from(`${source.username}:${password}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}`, accept: 'application/json' };
  return getJson({ url: join(source.url, path), headers, signal });
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trimEnd();
  } catch {
    throw new ReadingError('unauthorized', `the password file '${file}' cannot be read`);
  }
}

function toBacklog(row: unknown, at: number, source: ManagementSource): Backlog {
  if (!isFields(row)) throw new ReadingError('invalid', `${name(source)} is not told as an object`);
  const ready = countOf(row, 'messages_ready', source);
  const unacked = countOf(row, 'messages_unacknowledged', source);
  const head = row.head_message_timestamp;
  if (typeof head !== 'number' || head <= 0 || ready === 0) return { ready, unacked, at };
  return { ready, unacked, oldestWaitSeconds: Math.max(0, at / 1000 - head), at };
}

/** RabbitMQ omits counts that it does not know yet. */
function countOf(row: Fields, field: string, source: ManagementSource): number {
  const value = row[field];
  if (typeof value === 'number') return value;
  throw new ReadingError('field-missing', `${name(source)} is told without '${field}'`);
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const name = ({ vhost, queue }: ManagementSource): string => `queue '${queue}' in '${vhost}'`;
