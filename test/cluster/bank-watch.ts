/** Transactions on a cluster, seen from outside: runs of the load, replica counts, and what is in both stores. */
import { Client } from '@elastic/elasticsearch';
import { MongoClient } from 'mongodb';
import { STORES } from '../../apps/platform/stores.ts';
import { transactionId } from '../../packages/contracts/transaction.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import type { StoredTransaction } from '../../services/process/store.ts';
import { ServiceProcesses } from '../support/service-processes.ts';
import { LOAD } from './bank-system.ts';
import { insideOf } from './in-cluster-process.ts';
import { type Watching, watching } from './observe.ts';
import type { Recording } from './recording.ts';

/** The workers, each with its own queue. */
export const WORKERS = ['process', 'journal'] as const;
type Worker = (typeof WORKERS)[number];
/** Transactions of one request of the load: each request has its key, and each transaction its position in it. */
const BATCH = 100;

/** Ids of transactions, sorted, in each store. */
export interface StoredIds {
  readonly mongodb: readonly string[];
  readonly index: readonly string[];
}

/** The deployed services of transactions. */
export class BankWatch {
  readonly seen: Watching;
  readonly #mongodbUrl: string;
  readonly #mongo: MongoClient;
  readonly #index: Client;

  private constructor(cluster: Cluster, ports: { readonly mongodb: number; readonly index: number }) {
    this.seen = watching(cluster);
    this.#mongodbUrl = `mongodb://127.0.0.1:${ports.mongodb}/`;
    this.#mongo = new MongoClient(this.#mongodbUrl, { useBigInt64: true });
    this.#index = new Client({ node: `http://127.0.0.1:${ports.index}` });
  }

  static async open(cluster: Cluster): Promise<BankWatch> {
    const portOf = (store: 'mongodb' | 'elasticsearch') => {
      const [service = '', namespace = ''] = new URL(STORES[store].url).hostname.split('.');
      return doorTo(cluster, namespace, service);
    };
    return new BankWatch(cluster, { mongodb: await portOf('mongodb'), index: await portOf('elasticsearch') });
  }

  /** Starts a run of the load, as the CronJob would make it. */
  send = (run: string): Promise<string> =>
    this.seen.kubectl('-n', 'transaction-load', 'create', 'job', run, '--from=cronjob/transaction-load');

  /** Resolves when every transaction of the run is accepted. */
  accepted = (run: string): Promise<void> => this.seen.complete('transaction-load', run);

  /** The replicas of both from now on. */
  async record(): Promise<Readonly<Record<Worker, Recording>>> {
    return { process: await this.seen.record('process'), journal: await this.seen.record('journal') };
  }

  /** Waits until each has no replica. */
  async atRest(seconds: number): Promise<void> {
    for (const worker of Object.values(await this.record())) await worker.reaches(0, seconds);
  }

  /** Waits until each has had a pod to work and is at 0 again. */
  async upAndDown(recordings: Readonly<Record<Worker, Recording>>): Promise<void> {
    for (const worker of WORKERS) {
      const { wanted } = recordings[worker];
      await until(`${worker} has worked and is at 0 replicas`, 300, () => {
        const worked = wanted.some((count) => count > 0);
        return worked && wanted.at(-1) === 0;
      });
    }
  }

  /** Ids in both stores, each as often as it is there. */
  async storedIds(): Promise<StoredIds> {
    const collection = this.#mongo.db('transactions').collection<StoredTransaction>('transactions');
    const mongodb = await collection.find({}, { projection: { _id: 1 } }).toArray();
    await this.#index.indices.refresh({ index: 'transactions' });
    const { hits } = await this.#index.search({ index: 'transactions', size: 10_000, _source: false });
    return {
      mongodb: mongodb.map(({ _id }) => _id).sort(),
      index: hits.hits.map(({ _id = '' }) => _id).sort(),
    };
  }

  /** The command that proves the books. @returns what it says */
  async checkBooks(): Promise<Record<string, unknown>[]> {
    const lines: Record<string, unknown>[] = [];
    const processes = new ServiceProcesses((line) => lines.push(line));
    try {
      await processes.program('process/check', { MONGODB_URL: this.#mongodbUrl });
      return lines;
    } finally {
      await processes.stop(5);
    }
  }

  async close(): Promise<void> {
    await this.#mongo.close();
    await this.#index.close();
  }
}

/** @returns a port of this machine that leads to the first port of a Service */
export async function doorTo(cluster: Cluster, namespace: string, service: string): Promise<number> {
  return insideOf(cluster.name).door(service, await addressOf(cluster, namespace, service));
}

/** The address and first port of a Service in the cluster's network. */
export const addressOf = (cluster: Cluster, namespace: string, service: string): Promise<string> =>
  watching(cluster).kubectl(
    ...['-n', namespace, 'get', 'service', service],
    ...['-o', 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}'],
  );

/** The ids of a run of the load, sorted. */
export const idsOf = (...runs: readonly string[]): string[] =>
  runs
    .flatMap((run) =>
      Array.from({ length: LOAD }, (_, position) =>
        transactionId(`${run}/${Math.floor(position / BATCH) * BATCH}`, position % BATCH),
      ),
    )
    .sort();
