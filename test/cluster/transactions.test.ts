/** Transactions on real pods: process and journal each follow their own queue, and a killed leader loses none. */
import { Client } from '@elastic/elasticsearch';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STORES } from '../../apps/platform/stores.ts';
import { transactionId } from '../../packages/contracts/transaction.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import type { StoredTransaction } from '../../services/process/store.ts';
import { ServiceProcesses } from '../support/service-processes.ts';
import { deployBank, LOAD } from './bank-system.ts';
import { insideOf } from './in-cluster-process.ts';
import { at, type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { replicasOf } from './worker-logs.ts';

const WORKERS = ['process', 'journal'] as const;
/** Transactions of one request of the load: each request has its key, and each transaction its position in it. */
const BATCH = 100;

let cluster: Cluster;
let seen: Watching;
let mongo: MongoClient;
let mongodbUrl: string;
let index: Client;

beforeAll(async () => {
  cluster = await sharedCluster({ provider: 'from-source' });
  await deployBank(cluster);
  seen = watching(cluster);
  mongodbUrl = `mongodb://127.0.0.1:${await portOf('mongodb')}/`;
  mongo = new MongoClient(mongodbUrl, { useBigInt64: true });
  index = new Client({ node: `http://127.0.0.1:${await portOf('elasticsearch')}` });
});

afterAll(async () => {
  await mongo?.close();
  await index?.close();
});

/** @returns a port of this machine that leads to the Service of a store */
async function portOf(store: 'mongodb' | 'elasticsearch'): Promise<number> {
  const { hostname, port } = new URL(STORES[store].url);
  const [service = '', namespace = ''] = hostname.split('.');
  const address = await seen.kubectl(
    ...['-n', namespace, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}'],
  );
  return insideOf(cluster.name).door(store, `${address}:${port}`);
}

/** Starts a run of the load, as the CronJob would make it. */
const send = (run: string) =>
  seen.kubectl('-n', 'transaction-load', 'create', 'job', run, '--from=cronjob/transaction-load');

const accepted = (run: string) =>
  cluster.kubectl(
    [
      ...['-n', 'transaction-load', 'wait', `job/${run}`],
      ...['--for=condition=Complete', `--timeout=${patient(300)}s`],
    ],
    { seconds: 900 },
  );

/** The counts of both from now on, as they change, until each has worked and is at 0 again. */
async function upAndDown(): Promise<Readonly<Record<(typeof WORKERS)[number], readonly number[]>>> {
  const follow = async (worker: (typeof WORKERS)[number]): Promise<number[]> => {
    let worked = false;
    const done = (count: number): boolean => {
      worked ||= count > 0;
      return worked && count === 0;
    };
    return seen.watch(`${worker} has worked and is at 0 replicas`, done, 300, replicasOf(cluster, worker));
  };
  const [ofProcess, ofJournal] = await Promise.all(WORKERS.map(follow));
  return { process: ofProcess ?? [], journal: ofJournal ?? [] };
}

const idsOf = (run: string): string[] =>
  Array.from({ length: LOAD }, (_, position) =>
    transactionId(`${run}/${Math.floor(position / BATCH) * BATCH}`, position % BATCH),
  ).sort();

/** Ids in both stores, each as often as it is there. */
async function storedIds(): Promise<{ readonly mongodb: string[]; readonly index: string[] }> {
  const collection = mongo.db('transactions').collection<StoredTransaction>('transactions');
  const mongodb = await collection.find({}, { projection: { _id: 1 } }).toArray();
  await index.indices.refresh({ index: 'transactions' });
  const { hits } = await index.search({ index: 'transactions', size: 10_000, _source: false });
  return {
    mongodb: mongodb.map(({ _id }) => _id).sort(),
    index: hits.hits.map(({ _id = '' }) => _id).sort(),
  };
}

/** The command that proves the books. @returns what it says */
async function checkBooks(): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const processes = new ServiceProcesses((line) => lines.push(line));
  try {
    await processes.program('process/check', { MONGODB_URL: mongodbUrl });
    return lines;
  } finally {
    await processes.stop(5);
  }
}

const holder = (): Promise<string> =>
  seen.kubectl('-n', 'scaler', 'get', 'lease', 'scaler', '-o', 'jsonpath={.spec.holderIdentity}');

describe('the services of transactions', () => {
  test('process and journal have no pod while nothing waits', async () => {
    for (const worker of WORKERS)
      await seen.watch(`${worker} at 0 replicas`, at(0), 120, replicasOf(cluster, worker));
  });

  test(`${LOAD} transactions take each from 0 to several pods and back, and each store has each once`, async () => {
    const counts = upAndDown();
    await send('first');
    await accepted('first');
    const followed = await counts;
    process.stderr.write(`replicas of the first run: ${JSON.stringify(followed)}\n`);
    for (const worker of WORKERS) {
      expect(followed[worker].at(0)).toBe(0);
      expect(Math.max(...followed[worker])).toBeGreaterThan(1);
    }
    const ids = idsOf('first');
    expect(await storedIds()).toEqual({ mongodb: ids, index: ids });
  });

  test('the leader of the scaler is killed in between: another leads, and nothing is lost or done twice', async () => {
    const counts = upAndDown();
    await send('second');
    await Promise.any(
      WORKERS.map((worker) =>
        until(`${worker} has pods`, 60, async () => (await replicasOf(cluster, worker)()) > 0),
      ),
    );
    const leader = await holder();
    const [pod = ''] = leader.split('_');
    await seen.kubectl('-n', 'scaler', 'delete', 'pod', pod, '--grace-period=0', '--force');
    await until('another leader', 30, async () => (await holder()) !== leader);
    await accepted('second');
    process.stderr.write(`replicas of the second run: ${JSON.stringify(await counts)}\n`);
    const ids = [...idsOf('first'), ...idsOf('second')].sort();
    expect(await storedIds()).toEqual({ mongodb: ids, index: ids });
  });

  test('the books balance, and no transaction is in a failed set', async () => {
    const lines = await checkBooks();
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'books balance', transactions: 2 * LOAD }));
    const exporter = await seen.kubectl(
      ...[
        '-n',
        'redis',
        'get',
        'service',
        'queue-exporter',
        '-o',
        'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}',
      ],
    );
    const metrics = (await cluster.exec(['curl', '-sf', `http://${exporter}/metrics`])).stdout;
    const failed = metrics.split('\n').filter((line) => /^[a-z_]+\{.*state="failed"/.test(line));
    expect(failed).toHaveLength(WORKERS.length);
    expect(failed.filter((line) => !line.endsWith(' 0'))).toEqual([]);
  });
});
