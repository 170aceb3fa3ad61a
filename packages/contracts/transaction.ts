/**
 * A transaction as it travels: inject writes it, process and journal read it. Amounts are whole minor units of the
 * currency (cents of EUR), never fractions; the entries of one transaction sum up to zero.
 */
import { createHash } from 'node:crypto';

/** The version of the message. */
export const TRANSACTION_SCHEMA = 'sluice.transaction/v1';

/** The two queues that every accepted transaction is put into, and their prefix: one slot of a Redis Cluster. */
export const TRANSACTION_QUEUES = {
  prefix: '{transactions}',
  process: 'process',
  journal: 'journal',
} as const;

/** One side of a transaction: what an account gains, or loses where it is negative. */
export interface Entry {
  readonly account: string;
  /** Minor units. */
  readonly amount: number;
}

/** What a client asks for. */
export interface TransactionRequest {
  /** Alphabetic code of ISO 4217. */
  readonly currency: string;
  /** Digits of the minor unit, as ISO 4217 gives them. */
  readonly exponent: number;
  readonly description: string;
  readonly entries: readonly Entry[];
}

/** An accepted transaction, as the jobs of both queues hold it. */
export interface Transaction extends TransactionRequest {
  readonly schema: typeof TRANSACTION_SCHEMA;
  /** Follows from the idempotency key and the position in the batch; also the id of both jobs. */
  readonly id: string;
  /** Of what the client asked for: two requests with one id and two digests are a conflict. */
  readonly digest: string;
  readonly audit: Audit;
}

/** Who accepted a transaction and when. */
export interface Audit {
  /** ISO 8601 in UTC. */
  readonly acceptedAt: string;
  /** Host name of the instance of inject. */
  readonly acceptedBy: string;
  /** Id of the request at that instance, as its log has it. */
  readonly requestId: string;
}

/** SHA-256, URL-safe, 43 characters. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * The id of a transaction: a UUID of version 8 made of its idempotency key and its position in the batch. The same
 * request has the same id also when everything else has forgotten it.
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
 */
export function transactionId(key: string, index: number): string {
  const bytes = createHash('sha256').update(`${index}\n${key}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20]].map(([from, to]) => hex.slice(from, to)).join('-');
}

/** The digest of a request: independent of the order of its properties, not of its entries. */
export const requestDigest = ({ currency, exponent, description, entries }: TransactionRequest): string =>
  sha256(
    JSON.stringify([
      currency,
      exponent,
      description,
      entries.map(({ account, amount }) => [account, amount]),
    ]),
  );

/** The sum of the entries, exact whatever their number. */
export const balanceOf = (entries: readonly { readonly amount: number | bigint }[]): bigint =>
  entries.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
