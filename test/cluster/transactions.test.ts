/** Transactions on real pods: process and journal each follow their own queue, and a killed leader loses none. */
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactionId } from '../../packages/contracts/transaction.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { transfer } from '../transactions/harness.ts';
import { BACKUPS, BUCKET_KEYS, deployBank, LOAD } from './bank-system.ts';
import { addressOf, BankWatch, doorTo, idsOf, WORKERS } from './bank-watch.ts';
import { killLeader, untilAnotherLeads } from './leader.ts';
import { S3 } from './log-system.ts';
import { sharedCluster } from './shared.ts';

let cluster: Cluster;
let bank: BankWatch;
let inject: string;

beforeAll(async () => {
  cluster = await sharedCluster({ provider: 'from-source' });
  await deployBank(cluster);
  bank = await BankWatch.open(cluster);
  inject = `http://127.0.0.1:${await doorTo(cluster, 'inject', 'inject')}`;
});

afterAll(() => bank?.close());

describe('the services of transactions', () => {
  test('process and journal have no pod while nothing waits', async () => {
    await bank.atRest(120);
  });

  test(`${LOAD} transactions take each from 0 to several pods and back, and each store has each once`, async () => {
    const recordings = await bank.record();
    await bank.send('first');
    await bank.accepted('first');
    await bank.upAndDown(recordings);
    process.stderr.write(`replicas of the first run: ${JSON.stringify(recordings)}\n`);
    for (const worker of WORKERS) {
      expect(recordings[worker].wanted.at(0)).toBe(0);
      expect(Math.max(...recordings[worker].wanted)).toBeGreaterThan(1);
    }
    const ids = idsOf('first');
    expect(await bank.storedIds()).toEqual({ mongodb: ids, index: ids });
  });

  test('the leader of the scaler is killed in between: another leads, and nothing is lost or done twice', async () => {
    const recordings = await bank.record();
    await bank.send('second');
    await until('a worker has pods', 60, () =>
      Object.values(recordings).some(({ wanted }) => wanted.some((count) => count > 0)),
    );
    await untilAnotherLeads(cluster, 30, await killLeader(cluster));
    await bank.accepted('second');
    await bank.upAndDown(recordings);
    process.stderr.write(`replicas of the second run: ${JSON.stringify(recordings)}\n`);
    const ids = idsOf('first', 'second');
    expect(await bank.storedIds()).toEqual({ mongodb: ids, index: ids });
  });

  test('the books balance, and no transaction is in a failed set', async () => {
    expect(await bank.checkBooks()).toContainEqual(
      expect.objectContaining({ msg: 'books balance', transactions: 2 * LOAD }),
    );
    const exporter = await addressOf(cluster, 'redis', 'queue-exporter');
    const metrics = (await cluster.exec(['curl', '-sf', `http://${exporter}/metrics`])).stdout;
    const failed = metrics.split('\n').filter((line) => /^[a-z_]+\{.*state="failed"/.test(line));
    expect(failed).toHaveLength(WORKERS.length);
    expect(failed.filter((line) => !line.endsWith(' 0'))).toEqual([]);
  });
});

/** A run of a suspended CronJob of Redis, as a person makes it; resolves when it is done. */
async function run(cronJob: string): Promise<void> {
  await bank.seen.kubectl('-n', 'redis', 'create', 'job', `${cronJob}-now`, `--from=cronjob/${cronJob}`);
  await bank.seen.complete('redis', `${cronJob}-now`);
}

/** @returns whether inject knew the key already */
async function replayed(key: string): Promise<unknown> {
  const response = await fetch(`${inject}/transactions`, {
    ...{ method: 'POST', body: JSON.stringify(transfer(5)), signal: AbortSignal.timeout(30_000) },
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { replayed: unknown }).replayed;
}

describe('the backup of Redis', () => {
  let objects: S3Client;

  beforeAll(async () => {
    const credentials = { accessKeyId: BUCKET_KEYS.id, secretAccessKey: BUCKET_KEYS.key };
    const endpoint = `http://127.0.0.1:${await doorTo(cluster, S3.namespace, S3.service)}`;
    objects = new S3Client({ endpoint, region: BACKUPS.region, forcePathStyle: true, credentials });
    await objects.send(new CreateBucketCommand({ Bucket: BACKUPS.bucket }));
  });

  afterAll(() => objects?.destroy());

  test('is a snapshot in the bucket, which a run of the restore brings back at the next start', async () => {
    expect(await replayed('before-the-backup')).toBe(false);
    await run('redis-backup');
    const { Contents = [] } = await objects.send(new ListObjectsV2Command({ Bucket: BACKUPS.bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual([expect.stringMatching(/^redis-dumps\/.+\.rdb$/)]);
    expect(await replayed('after-the-backup')).toBe(false);
    await run('redis-restore');
    await bank.seen.kubectl('-n', 'redis', 'delete', 'pod', 'redis-0');
    await until('Redis to start from the backup', 180, async () =>
      (await bank.seen.kubectl('-n', 'redis', 'logs', 'redis-0')).includes('the data is that of a backup'),
    );
    await until('inject reaches Redis', 60, async () => (await replayed('before-the-backup')) === true);
    expect(await replayed('after-the-backup')).toBe(false);
  });

  test('which forgets a key leaves one effect of its request all the same', async () => {
    const ids = [...idsOf('first', 'second'), transactionId('before-the-backup', 0)];
    const all = [...ids, transactionId('after-the-backup', 0)].sort();
    await until('both stores have them', 120, async () => {
      const { mongodb, index } = await bank.storedIds();
      return mongodb.length >= all.length && index.length >= all.length;
    });
    await bank.atRest(180);
    expect(await bank.storedIds()).toEqual({ mongodb: all, index: all });
  });
});
