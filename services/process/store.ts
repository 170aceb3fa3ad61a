import { hostname } from 'node:os';
import { messageOf } from '@sluice/runtime';
import { type ItemResult, JobFault, type Posting } from '@sluice/runtime/redis';
import { type Collection, MongoBulkWriteError } from 'mongodb';

/** A transaction in the collection. Amounts are 64-bit integers. */
export interface StoredTransaction {
  /** The id of the transaction: the unique key. */
  readonly _id: string;
  readonly digest: string;
  readonly status: 'posted';
  readonly currency: string;
  readonly exponent: number;
  readonly description: string;
  readonly entries: readonly { readonly account: string; readonly amount: bigint }[];
  readonly audit: {
    readonly acceptedAt: Date;
    readonly acceptedBy: string;
    readonly requestId: string;
    readonly postedAt: Date;
    readonly postedBy: string;
    readonly attempt: number;
  };
}

const DUPLICATE_KEY = 11_000;

/**
 * Writes transactions, each once however often it comes: the id is the unique key, and an insert changes nothing that
 * is there, whatever became of it since. One that has the id of another request is a fault of its job.
 */
export class Store {
  readonly #collection: Collection<StoredTransaction>;
  readonly #timeoutMs: number;
  readonly #now: () => Date;

  constructor(
    collection: Collection<StoredTransaction>,
    timeoutMs: number,
    now: () => Date = () => new Date(),
  ) {
    this.#collection = collection;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
  }

  /** @returns one result for each, in their order. @throws the driver's error where nothing is known of them */
  async write(postings: readonly Posting[]): Promise<readonly ItemResult[]> {
    const documents = postings.map((posting) => this.#documentOf(posting));
    try {
      await this.#collection.insertMany(documents, { ordered: false, timeoutMS: this.#timeoutMs });
      return postings.map(() => ({ done: 'written' }));
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      return this.#partly(postings, error);
    }
  }

  #documentOf({ transaction, attempt }: Posting): StoredTransaction {
    const { id, digest, currency, exponent, description, entries, audit } = transaction;
    const { acceptedBy, requestId } = audit;
    const posted = { postedAt: this.#now(), postedBy: hostname(), attempt };
    return {
      ...{ _id: id, digest, status: 'posted', currency, exponent, description },
      entries: entries.map(({ account, amount }) => ({ account, amount: BigInt(amount) })),
      audit: { acceptedAt: new Date(audit.acceptedAt), acceptedBy, requestId, ...posted },
    };
  }

  async #partly(postings: readonly Posting[], error: MongoBulkWriteError): Promise<readonly ItemResult[]> {
    const failed = new Map([error.writeErrors].flat().map((one) => [one.index, one]));
    // Without an error for an item, the failure is of the batch (a write concern, for example).
    if (failed.size === 0) throw error;
    const doubled = [...failed.values()].flatMap(({ index, code }) =>
      code === DUPLICATE_KEY ? [postings[index]?.transaction.id ?? ''] : [],
    );
    const digests = await this.#digestsOf(doubled);
    return postings.map(({ transaction }, index): ItemResult => {
      const fault = failed.get(index);
      if (fault === undefined) return { done: 'written' };
      if (fault.code !== DUPLICATE_KEY) return { error: new Error(fault.errmsg ?? messageOf(fault)) };
      if (digests.get(transaction.id) === transaction.digest) return { done: 'duplicate' };
      return { error: new JobFault(OTHER_BODY) };
    });
  }

  /**
   * By one key each: few are read, and not every server finds several keys at once without reading them all. A worker
   * that takes over the batch of a killed one reads all of it, and must not open a connection for each.
   */
  async #digestsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const options = { projection: { digest: 1 }, timeoutMS: this.#timeoutMs };
    const digests = new Map<string, string>();
    for (let at = 0; at < ids.length; at += READS_AT_ONCE) {
      const some = ids.slice(at, at + READS_AT_ONCE);
      const found = await Promise.all(some.map((id) => this.#collection.findOne({ _id: id }, options)));
      for (const one of found) if (one !== null) digests.set(one._id, one.digest);
    }
    return digests;
  }
}

const READS_AT_ONCE = 8;
const OTHER_BODY = 'another transaction has this id: its Idempotency-Key was used with another body';
