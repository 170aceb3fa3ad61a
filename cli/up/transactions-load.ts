import { setTimeout as sleep } from 'node:timers/promises';

/** What the client of a run has sent, and how it was answered. */
export class TransactionLoad {
  accepted = 0;
  replayed = 0;
  conflicts = 0;
  /** Answers that were none of the expected ones. */
  unexpected = 0;
  readonly #url: string;
  readonly #total: number;
  #sent = 0;
  #requests = 0;

  /** @param url Of inject @param total Transactions to send */
  constructor(url: string, total: number) {
    this.#url = url;
    this.#total = total;
  }

  /** Sends all of them, batches and single ones in turn; every ninth request again, with the same body and another. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client(signal)));
  }

  async #client(signal: AbortSignal): Promise<void> {
    while (this.#sent < this.#total) {
      const first = this.#sent;
      const count = this.#requests % 2 === 0 ? 1 : Math.min(BATCH, this.#total - first);
      this.#sent += count;
      this.#requests += 1;
      await this.#request(first, count, this.#requests % DUPLICATE_EVERY === 0, signal);
    }
  }

  async #request(first: number, count: number, again: boolean, signal: AbortSignal): Promise<void> {
    const key = `run-${process.pid}-${first}`;
    const body = Array.from({ length: count }, (_, index) => transfer(first + index));
    const expect = async (transactions: readonly object[], status: number): Promise<boolean> => {
      if ((await this.#post(key, transactions, signal)) === status) return true;
      this.unexpected += 1;
      return false;
    };
    if (await expect(body, 202)) this.accepted += count;
    if (!again) return;
    if (await expect(body, 202)) this.replayed += 1;
    const other = body.map(() => transfer(this.#total));
    if (await expect(other, 409)) this.conflicts += 1;
  }

  /** The same request with the same key until there is an answer. @returns its status */
  async #post(key: string, transactions: readonly object[], signal: AbortSignal): Promise<number> {
    const single = transactions.length === 1;
    for (;;) {
      const response = await fetch(`${this.#url}/transactions${single ? '' : '/batch'}`, {
        ...{ method: 'POST', body: JSON.stringify(single ? transactions[0] : { transactions }) },
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        signal,
      });
      await response.arrayBuffer();
      if (response.status !== 503) return response.status;
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

const CLIENTS = 8;
const BATCH = 20;
const DUPLICATE_EVERY = 9;
const RETRY_MS = 200;

/** Accounts repeat, so that balances and searches mean something. */
const transfer = (index: number) => ({
  ...{ currency: 'EUR', exponent: 2, description: `order ${index}` },
  entries: [
    { account: `customer:${index % 101}`, amount: -((index % 997) + 1) },
    { account: `merchant:${index % 7}`, amount: (index % 997) + 1 },
  ],
});
