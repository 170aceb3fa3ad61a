import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from '../../cli/up/processes.ts';
import { transactionId } from '../../packages/contracts/transaction.ts';
import { eventually } from '../support/job-harness.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { TransactionSystem, transfer } from '../transactions/harness.ts';

export interface TransactionsSize {
  readonly transactions: number;
  /** SIGKILLs of process and journal in turn. */
  readonly kills: number;
  /** Of Redis, every second one by SIGKILL. */
  readonly restarts: number;
  /** Of MongoDB and Elasticsearch in turn. */
  readonly outages: number;
  readonly outageSeconds: number;
  readonly deadlineSeconds: number;
}

/** What the stores hold beside what the client was answered. */
export interface Audit {
  readonly accepted: number;
  /** Requests repeated with the same body, and answered as such. */
  readonly replayed: number;
  /** Requests of a known key with another body, and refused. */
  readonly conflicts: number;
  /** Repetitions and conflicts that were answered as something else. */
  readonly misjudged: number;
  readonly inMongodb: number;
  readonly inElasticsearch: number;
  /** Ids that a store lacks or has beyond those accepted. */
  readonly different: readonly string[];
  readonly failed: number;
  readonly booksBalance: boolean;
  readonly kills: number;
  readonly restarts: number;
  readonly outages: number;
  readonly seconds: number;
}

const CLIENTS = 32;
const BATCH = 20;
/** One request of nine is sent again, with the same body and with another; alone and in batches, as nine is odd. */
const DUPLICATE_EVERY = 9;

/** Real inject, process and journal on real stores; all of them but inject are killed while transactions flow. */
export async function proveTransactions(size: TransactionsSize): Promise<Audit> {
  const system = await TransactionSystem.open();
  const proof = new Proof(size, system);
  try {
    return await proof.run();
  } finally {
    await system.stop();
  }
}

class Proof {
  readonly #size: TransactionsSize;
  readonly #system: TransactionSystem;
  readonly #ids = new Set<string>();
  readonly #done = { replayed: 0, conflicts: 0, misjudged: 0, kills: 0, restarts: 0, outages: 0 };
  readonly #workers: ServiceProcess[] = [];
  #sent = 0;
  #requests = 0;

  constructor(size: TransactionsSize, system: TransactionSystem) {
    this.#size = size;
    this.#system = system;
  }

  async run(): Promise<Audit> {
    const startedAt = performance.now();
    await this.#system.startInject();
    for (const service of ['process', 'journal', 'process', 'journal'])
      this.#workers.push(this.#system.start(service));
    const disturbed = this.#disturb();
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
    await disturbed;
    await this.#drained();
    const stores = await this.#compare();
    const failed = await Promise.all(this.#system.queues.map((queue) => queue.getFailedCount()));
    return {
      ...{ accepted: this.#ids.size, ...this.#done, ...stores },
      failed: failed.reduce((sum, count) => sum + count, 0),
      booksBalance: await this.#check(),
      seconds: Math.round((performance.now() - startedAt) / 1000),
    };
  }

  async #client(): Promise<void> {
    while (this.#sent < this.#size.transactions) {
      const first = this.#sent;
      // Every second request is a batch, so that all but a twentieth of the transactions come in one.
      const count = this.#requests % 2 === 0 ? 1 : Math.min(BATCH, this.#size.transactions - first);
      this.#sent += count;
      this.#requests += 1;
      await this.#request(first, count, this.#requests % DUPLICATE_EVERY === 0);
    }
  }

  async #request(first: number, count: number, duplicated: boolean): Promise<void> {
    const transactions = Array.from({ length: count }, (_, index) => this.#transfer(first + index));
    const key = `soak-${first}`;
    const path = count === 1 ? '/transactions' : '/transactions/batch';
    const body = count === 1 ? transactions[0] : { transactions };
    await this.#answered(path, key, body);
    for (const index of transactions.keys()) this.#ids.add(transactionId(key, index));
    if (duplicated) await this.#again(path, key, body, count);
  }

  async #again(path: string, key: string, body: unknown, count: number): Promise<void> {
    const same = await this.#answered(path, key, body);
    if (same.body.replayed === true) this.#done.replayed += 1;
    else this.#done.misjudged += 1;
    const changed = Array.from({ length: count }, () => transfer(999_999));
    const other = await this.#answered(path, key, count === 1 ? changed[0] : { transactions: changed });
    if (other.status === 409) this.#done.conflicts += 1;
    else this.#done.misjudged += 1;
  }

  /** Accounts repeat, so that balances mean something. */
  #transfer = (index: number) =>
    transfer((index % 997) + 1, `customer:${index % 101}`, `merchant:${index % 7}`);

  /** As a client does it: the same request with the same key, until there is an answer. */
  async #answered(path: string, key: string, body: unknown) {
    const deadline = Date.now() + this.#size.deadlineSeconds * 1000;
    for (;;) {
      const answer = await this.#system.post(path, key, body).catch(() => undefined);
      if (answer !== undefined && answer.status !== 503) {
        if (answer.status !== 202 && answer.status !== 409)
          throw new Error(`inject answers ${JSON.stringify(answer)}`);
        return answer;
      }
      if (Date.now() > deadline) throw new Error(`inject gave no answer to '${key}'`);
      await sleep(50 + Math.random() * 100);
    }
  }

  async #disturb(): Promise<void> {
    const { transactions, kills, restarts, outages, deadlineSeconds } = this.#size;
    const at = (times: number, act: () => Promise<void>) =>
      Array.from({ length: times }, (_, index) => ({
        after: (transactions * (index + 1)) / (times + 1),
        act,
      }));
    const plan = [
      ...at(kills, () => this.#kill()),
      ...at(restarts, () => this.#restart()),
      ...at(outages, () => this.#outage()),
    ];
    if (outages > 0) plan.push({ after: transactions / 2, act: () => this.#fullDisk() });
    for (const { after, act } of plan.sort((a, b) => a.after - b.after)) {
      await until(`${after} transactions accepted`, () => this.#ids.size >= after, deadlineSeconds);
      await act();
    }
  }

  /** In the midst of its work, where there is any left. */
  async #kill(): Promise<void> {
    const written = () => this.#system.lines.filter(({ msg }) => msg === 'batch written').length;
    const before = written();
    await eventually('a batch is written', async () => written() > before, 10).catch(() => {});
    const index = this.#done.kills % this.#workers.length;
    const killed = this.#workers[index];
    killed?.child.kill('SIGKILL');
    await killed?.ended;
    this.#workers[index] = this.#system.start(killed?.name ?? 'process');
    this.#done.kills += 1;
  }

  async #restart(): Promise<void> {
    if (this.#done.restarts % 2 === 0) await this.#system.redis.kill();
    await this.#system.redis.restart();
    this.#done.restarts += 1;
  }

  async #outage(): Promise<void> {
    const { mongodb, elasticsearch } = this.#system;
    const store = this.#done.outages % 2 === 0 ? mongodb : elasticsearch;
    await store.kill();
    await sleep(this.#size.outageSeconds * 1000);
    await store.restart();
    this.#done.outages += 1;
  }

  /** What Elasticsearch does to an index at its flood-stage watermark, and takes back when there is room. */
  async #fullDisk(): Promise<void> {
    const block = (on: boolean | null) =>
      this.#system.index.indices.putSettings({
        index: 'transactions',
        settings: { 'index.blocks.read_only_allow_delete': on },
      });
    const exists = () => this.#system.index.indices.existsAlias({ name: 'transactions' });
    await eventually('the index is there', exists, this.#size.deadlineSeconds);
    await block(true);
    await sleep(this.#size.outageSeconds * 1000);
    await block(null);
  }

  async #drained(): Promise<void> {
    const empty = async () => (await this.#system.pending().catch(() => 1)) === 0;
    await eventually('both queues are empty', empty, this.#size.deadlineSeconds);
  }

  async #compare(): Promise<Pick<Audit, 'inMongodb' | 'inElasticsearch' | 'different'>> {
    const mongodb: string[] = [];
    for await (const { _id } of this.#system.collection.find({}, { projection: { _id: 1 } }))
      mongodb.push(_id);
    const index = await indexedIds(this.#system);
    const different = [mongodb, index].flatMap((found) => {
      const set = new Set(found);
      return [...found.filter((id) => !this.#ids.has(id)), ...[...this.#ids].filter((id) => !set.has(id))];
    });
    return { inMongodb: mongodb.length, inElasticsearch: index.length, different };
  }

  /** The command that proves the books. */
  async #check(): Promise<boolean> {
    const lines: Record<string, unknown>[] = [];
    const fleet = new ServiceProcesses((line) => lines.push(line));
    try {
      const code = await fleet.program('process/check', { MONGODB_URL: this.#system.mongodb.url });
      return (
        code === 0 &&
        lines.some(({ msg, transactions }) => msg === 'books balance' && transactions === this.#ids.size)
      );
    } finally {
      await fleet.stop(5);
    }
  }
}

/** Every document, page by page. */
async function indexedIds({ index }: TransactionSystem): Promise<string[]> {
  await index.indices.refresh({ index: 'transactions' });
  const ids: string[] = [];
  for (;;) {
    const after = ids.at(-1);
    const { hits } = await index.search({
      ...{ index: 'transactions', size: 5000, sort: [{ id: 'asc' }], _source: false },
      ...(after !== undefined && { search_after: [after] }),
    });
    if (hits.hits.length === 0) return ids;
    ids.push(...hits.hits.map(({ _id = '' }) => _id));
  }
}
