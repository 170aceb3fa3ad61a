import type { Backlog, DetailedMetricsSource, ManagementSource } from '@sluice/policy';
import { instantOf, readSecretFile, SecretError, textSamples } from '@sluice/runtime';
import { type BacklogSource, getJson, getText, ReadingError, type Shared } from './source.ts';

type Counts = { ready?: number; unacked?: number };

/** Every queue of one broker, as one request returned it; keys by `queueKey`. */
export interface BrokerCounts {
  readonly queues: ReadonlyMap<string, Counts>;
  readonly at: number;
}

const FIELDS: Readonly<Record<string, keyof Counts>> = {
  lavinmq_detailed_queue_messages_ready: 'ready',
  lavinmq_detailed_queue_messages_unacked: 'unacked',
  rabbitmq_detailed_queue_messages_ready: 'ready',
  rabbitmq_detailed_queue_messages_unacked: 'unacked',
};
const WANTED = new Set(Object.keys(FIELDS));

const queueKey = (vhost: string, queue: string): string => JSON.stringify([vhost, queue]);

/**
 * GET {url}/metrics/detailed?family=queue_coarse_metrics, of LavinMQ or RabbitMQ. The plain /metrics sums
 * all queues and is of no use here.
 *
 * `at` is the request's start: the answer carries no instant. LavinMQ counts while it answers; RabbitMQ's
 * counts may be older by up to its collect_statistics_interval (5 s unless configured).
 */
export async function fetchBrokerCounts(
  { url, caFile }: DetailedMetricsSource,
  signal: AbortSignal,
  now: () => number,
): Promise<BrokerCounts> {
  const at = now();
  const text = await getText({ url: `${url}/metrics/detailed?family=queue_coarse_metrics`, caFile, signal });
  return { queues: countsOf(text), at };
}

/** The readings of one broker come from one request. */
export const detailedMetricsGroup = ({ url, caFile }: DetailedMetricsSource): string =>
  JSON.stringify([url, caFile]);

/** The counts of each queue in LavinMQ's or RabbitMQ's detailed metrics. */
export function countsOf(text: string): ReadonlyMap<string, Counts> {
  const queues = new Map<string, Counts>();
  for (const { name, labels, value } of textSamples(text, WANTED)) {
    const key = queueKey(labels.vhost ?? '', labels.queue ?? '');
    const counts = queues.get(key) ?? {};
    const field = FIELDS[name];
    if (field !== undefined) counts[field] = value;
    queues.set(key, counts);
  }
  return queues;
}

/** Reads the backlog of a queue from the broker's detailed metrics. */
export function detailedMetricsSource(
  source: DetailedMetricsSource,
  broker: Shared<BrokerCounts>,
): BacklogSource {
  const { url, vhost, queue } = source;
  const read = async (signal: AbortSignal): Promise<Backlog> => {
    const { queues, at } = await broker.get(signal);
    const counts = queues.get(queueKey(vhost, queue));
    if (counts === undefined)
      throw new ReadingError('queue-missing', `${url} has no queue '${queue}' in '${vhost}'`);
    const { ready, unacked } = counts;
    if (ready === undefined || unacked === undefined) {
      throw new ReadingError('field-missing', `${url} tells only one of ready and unacked of '${queue}'`);
    }
    return { ready, unacked, at };
  };
  return { group: detailedMetricsGroup(source), read };
}

type Fields = Readonly<Record<string, unknown>>;

/** The queues of one virtual host, by name, as one request returned them. */
export interface Listing {
  readonly queues: ReadonlyMap<string, Fields>;
  readonly at: number;
}

/**
 * RabbitMQ's own statistics lag by up to 5 s, whatever its collect_statistics_interval. Without them, each
 * classic queue's process is asked for its totals, as by a passive declare; a quorum queue's are those of the
 * interval. LavinMQ ignores the first two and is exact anyway.
 */
const TOTALS =
  'disable_stats=true&enable_queue_totals=true&columns=name,messages_ready,messages_unacknowledged';
/** What a queue has counted since its broker began: only the statistics know it, late by up to 5 s in RabbitMQ. */
const COUNTED = 'columns=name,message_stats';
const HEAD = 'columns=messages_ready,head_message_timestamp';

/** GET {url}/api/queues/{vhost}: one request for every queue of a virtual host. */
export const fetchListing = (source: ManagementSource, signal: AbortSignal, now: () => number) =>
  list(source, TOTALS, signal, now);

/** The same of what each queue has counted. */
export const fetchCounted = (source: ManagementSource, signal: AbortSignal, now: () => number) =>
  list(source, COUNTED, signal, now);

async function list(
  source: ManagementSource,
  columns: string,
  signal: AbortSignal,
  now: () => number,
): Promise<Listing> {
  const at = now();
  const rows = await get(source, `api/queues/${encodeURIComponent(source.vhost)}?${columns}`, signal);
  if (!Array.isArray(rows)) {
    throw new ReadingError('invalid', `${source.url} did not answer with a list of queues`);
  }
  return { queues: new Map(rows.filter(isFields).map((row) => [String(row.name), row])), at };
}

/** What a source asks, beside the password. */
export interface Requests {
  readonly listing: Shared<Listing>;
  readonly counted: Shared<Listing> | undefined;
  readonly asksAge: boolean;
}

/** RabbitMQ leaves out what never happened. */
function totalsOf(
  row: Fields | undefined,
): Pick<Backlog, 'publishedTotal' | 'acknowledgedTotal'> | undefined {
  if (row === undefined) return undefined;
  const stats = isFields(row.message_stats) ? row.message_stats : {};
  const { publish = 0, ack = 0 } = stats;
  if (typeof publish !== 'number' || typeof ack !== 'number') return undefined;
  return { publishedTotal: publish, acknowledgedTotal: ack };
}

/** The readings of one virtual host come from one listing. */
export const managementGroup = ({ url, vhost, username, passwordFile, caFile }: ManagementSource): string =>
  JSON.stringify([url, vhost, username, passwordFile, caFile]);

/**
 * The management API of LavinMQ or RabbitMQ.
 *
 * `at` is the request's start: the answer carries no instant. LavinMQ and RabbitMQ's classic queues count
 * while they answer; the counts of a quorum queue may be older by up to RabbitMQ's collect_statistics_interval
 * (5 s unless configured).
 * With `asksAge`, a second request for a queue that holds messages asks for the oldest wait, which RabbitMQ's
 * classic queues know by `head_message_timestamp` when the publisher stamps its messages. It may be that of
 * a message in flight, or one delivered up to 5 s ago, hence an upper bound; one that lies ahead of now, or in no
 * year that a message can be of, is rejected. A broker that does not know the
 * field is not asked again.
 *
 * Where `counted` is given, the reading has what was published and acknowledged until now; where that request
 * fails, it does not, and what was measured stays.
 */
export function managementSource(
  source: ManagementSource,
  { listing, counted, asksAge }: Requests,
): BacklogSource {
  let asks = asksAge;
  const oldestWait = async (at: number, signal: AbortSignal): Promise<number | undefined> => {
    const head = await fetchHead(source, signal).catch(() => 'unknown' as const);
    if (head === 'untold') asks = false;
    const since = typeof head === 'number' ? instantOf(head, at) : undefined;
    return since === undefined ? undefined : (at - since) / 1000;
  };
  const read = async (signal: AbortSignal): Promise<Backlog> => {
    const [{ queues, at }, totals] = await Promise.all([
      listing.get(signal),
      counted?.get(signal).then(
        (told) => totalsOf(told.queues.get(source.queue)),
        () => undefined,
      ),
    ]);
    const row = queues.get(source.queue);
    if (row === undefined) throw new ReadingError('queue-missing', `${name(source)} does not exist`);
    const ready = countOf(row, 'messages_ready', source);
    const unacked = countOf(row, 'messages_unacknowledged', source);
    const oldestWaitSeconds = asks && ready > 0 ? await oldestWait(at, signal) : undefined;
    return { ready, unacked, at, ...totals, ...(oldestWaitSeconds !== undefined && { oldestWaitSeconds }) };
  };
  return { group: managementGroup(source), read };
}

/** The timestamp as the publisher wrote it, in its own unit; `unknown` for now, or `untold` by a broker that has counts but no such field. */
async function fetchHead(
  source: ManagementSource,
  signal: AbortSignal,
): Promise<number | 'unknown' | 'untold'> {
  const path = `api/queues/${encodeURIComponent(source.vhost)}/${encodeURIComponent(source.queue)}`;
  const row = await get(source, `${path}?${HEAD}`, signal);
  if (!isFields(row)) return 'unknown';
  const { head_message_timestamp: head, messages_ready: ready } = row;
  if (typeof head === 'number' && head > 0) return head;
  return head === undefined && typeof ready === 'number' ? 'untold' : 'unknown';
}

/** The password and the authorities are read each time, so that a rotated one needs no restart. */
const get = async (source: ManagementSource, path: string, signal: AbortSignal): Promise<unknown> =>
  getJson({
    ...{ url: `${source.url}/${path}`, signal },
    ...{ credentials: credentialsOf(source), caFile: source.caFile },
  });

function credentialsOf({ username, passwordFile }: ManagementSource) {
  try {
    return { username, password: readSecretFile(passwordFile) };
  } catch (error) {
    throw error instanceof SecretError ? new ReadingError('unauthorized', error.message) : error;
  }
}

/** RabbitMQ omits counts that it does not know yet. */
function countOf(row: Fields, field: string, source: ManagementSource): number {
  const value = row[field];
  if (typeof value === 'number') return value;
  throw new ReadingError('field-missing', `${name(source)} is told without '${field}'`);
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const name = ({ vhost, queue }: ManagementSource): string => `queue '${queue}' in '${vhost}'`;
