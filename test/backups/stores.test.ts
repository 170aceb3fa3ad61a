import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopService } from '../../cli/up/processes.ts';
import { startMongodb } from '../../packages/testbed/servers/mongodb.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import type { StoredTransaction } from '../../services/process/store.ts';
import { Authority } from '../support/authority.ts';
import { eventually } from '../support/job-harness.ts';
import { type RenderedRedis, startRenderedRedis } from '../support/rendered-redis.ts';
import { S3Server } from '../support/s3.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { transfer } from '../transactions/harness.ts';
import { imagePrograms, type Machine, rendered, runCronJob } from './rendered-run.ts';

/** The rendered CronJobs of backups and restores: what they store in S3 brings a lost Redis and MongoDB back. */
type Line = Record<string, unknown> & { msg: string };

const BUCKET = 'sluice-production-transactions';
/** The one that the S3 server of the tests has. */
const REGION = 'us-east-1';
const REDIS = {
  backup: 'redis-backup/cronjob-redis-backup.redis.yaml',
  restore: 'redis-backup/cronjob-redis-restore.redis.yaml',
};
const MONGODB = {
  backup: 'mongodb-backup/cronjob-mongodb-backup.mongodb.yaml',
  restore: 'mongodb-backup/cronjob-mongodb-restore.mongodb.yaml',
};
/** Transactions that are accepted before the first backup. */
const BEFORE = 20;
const passwordOf = (name: string): string => `it's the secret of ${name}`;

const lines: Line[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line));
const authority = new Authority();
let s3: S3Server;
let objects: S3Client;
let redis: RenderedRedis;
let mongodb: OwnServer;
let mongo: MongoClient;
let inject: string;
let machine: Machine;

const at = (name: string): string => join(fleet.directory, name);
const redisUrl = (): string => `rediss://localhost:${redis.port}/0`;
const dataOfRedis = (): string => join(dirname(redis.run), 'data');
const said = (msg: string): Line[] => lines.filter((line) => line.msg === msg);

const clientOf = (name: string): Readonly<Record<string, string>> => ({
  ...{
    REDIS_URL: redisUrl(),
    REDIS_CA_FILE: authority.file,
    REDIS_FSYNC: 'always',
    DRAIN_DELAY_SECONDS: '0',
  },
  ...{ REDIS_USERNAME: name, REDIS_PASSWORD: passwordOf(name) },
});

/** The machine, with the password of the user that a run has. */
function as(user: string): Machine {
  writeFileSync(at('store/password'), passwordOf(user));
  return machine;
}

beforeAll(async () => {
  const { data } = rendered('redis/configmap-redis.redis.yaml');
  const users = [...data['users.rules'].matchAll(/^(\S+) /gm)].map(([, name = '']) => name);
  s3 = await S3Server.start([BUCKET]);
  redis = await startRenderedRedis({
    ...{ files: data, issued: authority.issue('localhost') },
    passwords: Object.fromEntries(users.map((name) => [name, passwordOf(name)])),
  });
  mongodb = await startMongodb();
  mongo = new MongoClient(mongodb.url, { useBigInt64: true });
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = s3.credentials;
  objects = new S3Client({
    ...{ endpoint: s3.url, region: REGION, forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  for (const folder of ['dump', 'store']) mkdirSync(at(folder));
  machine = {
    ...{ programs: await imagePrograms(at('programs')), services: fleet },
    paths: {
      ...{ '/etc/sluice/store-authority/ca.crt': authority.file, '/dump': at('dump') },
      ...{ '/data': dataOfRedis(), '/etc/sluice/redis': at('store'), '/etc/sluice/mongodb': at('store') },
    },
    variables: {
      ...{
        ...s3.credentials,
        S3_ENDPOINT: s3.url,
        S3_REGION: REGION,
        REDIS_URL: redisUrl(),
        MONGODB_URL: mongodb.url,
      },
      // FerretDB keeps no users, and speaks no TLS here.
      ...{ MONGODB_USERNAME: undefined, MONGODB_PASSWORD_FILE: undefined, MONGODB_CA_FILE: undefined },
    },
  };
  fleet.start('inject', clientOf('inject'));
  await until('inject listens', () => said('listening').length > 0, 60);
  inject = `http://127.0.0.1:${String(said('listening')[0]?.port)}`;
});

afterAll(async () => {
  await fleet.stop(5);
  await mongo?.close();
  objects?.destroy();
  for (const server of [redis?.server, mongodb, s3]) await server?.stop();
  authority.dispose();
});

const post = async (key: string): Promise<{ status: number; replayed: unknown }> => {
  const response = await fetch(`${inject}/transactions`, {
    ...{ method: 'POST', body: JSON.stringify(transfer(1)), signal: AbortSignal.timeout(10_000) },
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
  return { status: response.status, replayed: response.headers.get('idempotency-replayed') };
};

const accept = async (key: string): Promise<void> => {
  expect((await post(key)).status).toBe(202);
};

/** What a user of Redis sees: what waits in both queues, and how many keys of requests are known. */
async function inRedis(): Promise<{ readonly waiting: readonly number[]; readonly keys: number }> {
  const client = new Redis({
    ...{ host: 'localhost', port: redis.port, username: 'process', password: passwordOf('process') },
    ...{ tls: { ca: [authority.certificate] }, maxRetriesPerRequest: 3 },
  });
  try {
    const waiting = await Promise.all(
      ['process', 'journal'].map((queue) => client.llen(`{transactions}:${queue}:wait`)),
    );
    let [keys, cursor] = [0, '0'];
    do {
      const [next, found] = await client.scan(cursor, 'MATCH', '{transactions}:key:*', 'COUNT', 1000);
      [cursor, keys] = [next, keys + found.length];
    } while (cursor !== '0');
    return { waiting, keys };
  } finally {
    client.disconnect();
  }
}

const keysBelow = async (prefix: string): Promise<string[]> =>
  ((await objects.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }))).Contents ?? []).map(
    ({ Key = '' }) => Key,
  );

const transactions = () => mongo.db('transactions').collection<StoredTransaction>('transactions');
const allStored = () => transactions().find().sort({ _id: 1 }).toArray();

describe('the backup of Redis', () => {
  it('is a snapshot in the bucket, made by the rendered CronJob as a user who may do nothing else', async () => {
    for (let index = 0; index < BEFORE; index += 1) await accept(`before-${index}`);
    expect(await inRedis()).toEqual({ waiting: [BEFORE, BEFORE], keys: BEFORE });
    expect(await runCronJob(REDIS.backup, as('redis-backup'))).toBe(0);
    expect(await keysBelow('redis-dumps/')).toEqual([
      expect.stringMatching(/^redis-dumps\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.rdb$/),
    ]);
    const intruder = new Redis({
      ...{
        host: 'localhost',
        port: redis.port,
        username: 'redis-backup',
        password: passwordOf('redis-backup'),
      },
      ...{ tls: { ca: [authority.certificate] }, maxRetriesPerRequest: 0, enableReadyCheck: false },
    });
    await expect(intruder.set('{transactions}:x', '1')).rejects.toThrow(/NOPERM/);
    await expect(intruder.flushall()).rejects.toThrow(/NOPERM/);
    intruder.disconnect();
  });

  it('brings a lost volume back: jobs and keys of requests are those of the backup', async () => {
    await accept('after');
    await redis.server.kill();
    rmSync(join(dataOfRedis(), 'appendonlydir'), { recursive: true });
    await redis.server.restart();
    expect(await inRedis()).toEqual({ waiting: [0, 0], keys: 0 });
    expect(await runCronJob(REDIS.restore, machine)).toBe(0);
    await redis.server.restart();
    expect(await inRedis()).toEqual({ waiting: [BEFORE, BEFORE], keys: BEFORE });
    await eventually('inject answers again', async () => (await post('before-0')).status === 202, 30);
    // A request of before the backup is known; one that came after it is taken again.
    expect((await inRedis()).keys).toBe(BEFORE);
    await accept('after');
    expect(await inRedis()).toEqual({ waiting: [BEFORE + 1, BEFORE + 1], keys: BEFORE + 1 });
  });

  it('becomes a log like any other: what is written after it is there after a kill', async () => {
    await redis.server.kill();
    await redis.server.restart();
    expect(await inRedis()).toEqual({ waiting: [BEFORE + 1, BEFORE + 1], keys: BEFORE + 1 });
    expect(readdirSync(dataOfRedis()).sort()).toEqual(['appendonlydir', 'appendonlydir.before-restore']);
  });

  it('is taken over by the next start where one is killed in the midst of it', async () => {
    expect(await runCronJob(REDIS.restore, machine)).toBe(0);
    await redis.server.kill();
    const [restored, log] = [join(dataOfRedis(), 'restored'), join(dataOfRedis(), 'appendonlydir')];
    mkdirSync(restored);
    writeFileSync(join(restored, 'appendonly.aof.manifest'), 'file appendonly.aof.1.base.rdb seq 1 type b\n');
    renameSync(join(dataOfRedis(), 'restore.rdb'), join(restored, 'appendonly.aof.1.base.rdb'));
    rmSync(`${log}.before-restore`, { recursive: true });
    renameSync(log, `${log}.before-restore`);
    await redis.server.restart();
    expect(await inRedis()).toEqual({ waiting: [BEFORE, BEFORE], keys: BEFORE });
  });

  it('that was changed in the bucket becomes no file, and Redis stays as it is', async () => {
    const [Key = ''] = await keysBelow('redis-dumps/');
    const { Body, Metadata } = await objects.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    await objects.send(new PutObjectCommand({ Bucket: BUCKET, Key, Metadata, Body: bytes }));
    expect(await runCronJob(REDIS.restore, machine)).toBe(1);
    expect(said('backup not fetched').at(-1)?.error).toMatch(/must have the SHA-256/);
    expect(existsSync(join(dataOfRedis(), 'restore.rdb'))).toBe(false);
  });
});

describe('the backup of MongoDB', () => {
  it('is a dump in the bucket, which brings a lost database back as it was', async () => {
    const worker = fleet.start('process', { ...clientOf('process'), MONGODB_URL: mongodb.url });
    const stored = async (): Promise<boolean> => (await transactions().countDocuments({})) === BEFORE;
    await eventually('every transaction is stored', stored, 60);
    await stopService(worker, 10);
    const before = await allStored();
    expect(await runCronJob(MONGODB.backup, as('mongodb-backup'))).toBe(0);
    expect(await keysBelow('mongodb-dumps/')).toEqual([expect.stringMatching(/Z\.archive\.gz$/)]);
    await mongo.db('transactions').dropDatabase();
    expect(await allStored()).toEqual([]);
    expect(await runCronJob(MONGODB.restore, as('mongodb-restore'))).toBe(0);
    expect(await allStored()).toEqual(before);
    await fleet.program('process/check', { MONGODB_URL: mongodb.url });
    expect(said('books balance').at(-1)).toMatchObject({ transactions: BEFORE });
  });

  it('adds what is missing, and changes no document that is there', async () => {
    const before = await allStored();
    const [first, second] = before;
    await transactions().deleteOne({ _id: first?._id ?? '' });
    await transactions().updateOne({ _id: second?._id ?? '' }, { $set: { description: 'of today' } });
    expect(await runCronJob(MONGODB.restore, as('mongodb-restore'))).toBe(0);
    const after = await allStored();
    expect(after).toEqual(
      before.map((one) => (one._id === second?._id ? { ...one, description: 'of today' } : one)),
    );
  });

  it('is refused where the bucket has none', async () => {
    const elsewhere = { ...machine, variables: { ...machine.variables, BACKUP_PREFIX: 'elsewhere/' } };
    expect(await runCronJob(MONGODB.restore, elsewhere)).toBe(1);
    expect(said('backup not fetched').at(-1)?.error).toBe(
      `the bucket '${BUCKET}' holds no backup below 'elsewhere/'`,
    );
  });

  it('leaves no login behind', () => {
    expect(readdirSync(at('dump')).filter((name) => name.endsWith('.login'))).toEqual([]);
  });
});
