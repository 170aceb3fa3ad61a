import { hostname } from 'node:os';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import { type ItemResult, JobFault, type Posting } from '@sluice/runtime/redis';

/** The name that is written to and searched: an alias, so that an index can be replaced by another behind it. */
export const ALIAS = 'transactions';

const keyword = { type: 'keyword' } as const;
const date = { type: 'date' } as const;

/** What the index holds; a field that it does not name is refused. */
export const MAPPINGS: estypes.MappingTypeMapping = {
  dynamic: 'strict',
  properties: {
    id: keyword,
    digest: { ...keyword, index: false },
    status: keyword,
    currency: keyword,
    exponent: { type: 'byte' },
    description: { type: 'text' },
    accounts: keyword,
    entries: {
      properties: { account: { ...keyword, index: false }, amount: { type: 'long', index: false } },
    },
    acceptedAt: date,
    acceptedBy: keyword,
    requestId: keyword,
    indexedAt: date,
    indexedBy: keyword,
  },
};

/** The index that transactions are written to. */
export interface IndexOptions {
  readonly client: Client;
  readonly replicas: number;
  readonly writeMs: number;
}

/** Statuses of an item that another attempt may change. @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk */
const TRANSIENT: ReadonlySet<number> = new Set([403, 404, 408, 429, 500, 502, 503, 504]);
const CONFLICT = 409;

/**
 * Writes transactions into the index, each once: their id is the document's, and `create` refuses one that is there.
 */
export class IndexStore {
  readonly #client: Client;
  readonly #replicas: number;
  readonly #writeMs: number;
  #present = false;

  constructor({ client, replicas, writeMs }: IndexOptions) {
    this.#client = client;
    this.#replicas = replicas;
    this.#writeMs = writeMs;
  }

  /** @returns one result for each, in their order. @throws the client's error where nothing is known of them */
  async write(postings: readonly Posting[]): Promise<readonly ItemResult[]> {
    if (!this.#present) await this.#create();
    const { items } = await this.#client.bulk(
      { index: ALIAS, require_alias: true, operations: postings.flatMap(operationsOf) },
      { requestTimeout: this.#writeMs },
    );
    const results = items.map(({ create }) => create);
    requireSome(results);
    // Somebody removed the index: it is made again before the next write.
    if (results.some((result) => result?.status === 404)) this.#present = false;
    const there = postings.flatMap(({ transaction: { id } }, index) =>
      results[index]?.status === CONFLICT ? [id] : [],
    );
    const digests = await this.#digestsOf(there);
    return postings.map(({ transaction }, index) =>
      resultOf(results[index], transaction.digest, digests.get(transaction.id)),
    );
  }

  /** Makes index and alias where they are not there: two journals may do it at once. */
  async #create(): Promise<void> {
    const timeout = { requestTimeout: this.#writeMs };
    if (!(await this.#client.indices.existsAlias({ name: ALIAS }, timeout)))
      try {
        await this.#client.indices.create(
          {
            index: `${ALIAS}-000001`,
            aliases: { [ALIAS]: { is_write_index: true } },
            mappings: MAPPINGS,
            settings: { number_of_replicas: this.#replicas },
          },
          timeout,
        );
      } catch (error) {
        const type = error instanceof errors.ResponseError ? error.body?.error?.type : undefined;
        if (type !== 'resource_already_exists_exception') throw error;
      }
    this.#present = true;
  }

  async #digestsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const { docs } = await this.#client.mget<{ digest: string }>(
      { index: ALIAS, ids: [...ids], _source_includes: ['digest'] },
      { requestTimeout: this.#writeMs },
    );
    return new Map(
      docs.flatMap((doc) => ('_source' in doc && doc._source ? [[doc._id, doc._source.digest]] : [])),
    );
  }
}

/**
 * A full disk, a read-only index or a node that is too busy refuses all of a batch: that is an outage and no fault of
 * any transaction. @throws Error with the reason
 */
function requireSome(results: readonly (estypes.BulkResponseItem | undefined)[]): void {
  const [first] = results;
  const refused = results.every((result) => result !== undefined && TRANSIENT.has(result.status));
  if (first !== undefined && refused && first.status !== 404) throw new Error(reasonOf(first));
}

const reasonOf = ({ status, error }: estypes.BulkResponseItem): string =>
  `${status} ${error?.type ?? ''}: ${error?.reason ?? 'no reason'}`;

function operationsOf({ transaction }: Posting): object[] {
  const { id, digest, currency, exponent, description, entries, audit } = transaction;
  const document = {
    ...{ id, digest, status: 'posted', currency, exponent, description, entries },
    accounts: [...new Set(entries.map(({ account }) => account))],
    ...audit,
    indexedAt: new Date().toISOString(),
    indexedBy: hostname(),
  };
  return [{ create: { _id: id } }, document];
}

function resultOf(
  result: estypes.BulkResponseItem | undefined,
  digest: string,
  found: string | undefined,
): ItemResult {
  if (result === undefined) return { error: new Error('the index gave no result for this transaction') };
  if (result.status < 300) return { done: 'written' };
  if (result.status === CONFLICT && found === digest) return { done: 'duplicate' };
  if (result.status === CONFLICT && found !== undefined)
    return {
      error: new JobFault('another transaction has this id: its Idempotency-Key was used with another body'),
    };
  const reason = reasonOf(result);
  const transient = result.status === CONFLICT || TRANSIENT.has(result.status);
  return { error: transient ? new Error(reason) : new JobFault(reason) };
}
