import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proportional, type RedisSource } from '@sluice/policy';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startService, stopService } from '../../cli/up/processes.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { bundle } from '../../services/bundle.ts';
import { Connections, redisSource } from '../../services/scaler/sources/redis.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

let server: OwnServer;
let redis: Redis;
let queue: Queue;
let connections: Connections;
let now = Date.now;

const sourceOf = (more: Partial<RedisSource> = {}): RedisSource => ({
  ...{ kind: 'redis', url: server.url, prefix: '{t}', queue: 'work' },
  ...more,
});
const read = (source = sourceOf(), ms = 10_000) =>
  redisSource(source, connections, () => now()).read(AbortSignal.timeout(ms));

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {});
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

afterEach(async () => {
  now = Date.now;
  connections.close(sourceOf());
  await redis.flushall();
});

beforeEach(() => {
  connections = new Connections();
  queue = new Queue('work', { connection: redis, prefix: '{t}' });
  queue.on('error', () => {});
});

describe('the scaler as it is in its image', () => {
  it('reads the queue and starts what works on it', async () => {
    await queue.add('a', {});
    const lines: Record<string, unknown>[] = [];
    const fleet = new ServiceProcesses((line) => lines.push(line));
    const command: [string, ...string[]] = ['sleep', '600'];
    const target = { kind: 'process', command, env: {}, graceSeconds: 1 } as const;
    const policy = proportional({ perReplica: 10, maxReplicas: 2 });
    const workloads = [{ name: 'work', source: sourceOf(), target, policy }];
    // Bundled also where the run's set-up has built nothing: a bundle loads the client in another way.
    const directory = mkdtempSync(join(tmpdir(), 'sluice-scaler-bundle-'));
    await bundle('scaler', directory);
    const scaler = startService(
      'scaler',
      {
        ...{ HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' },
        CONFIG_FILE: fleet.file('scaler.json', { pollSeconds: 0.2, workloads }),
      },
      {
        command: [process.execPath, join(directory, 'main.mjs')],
        logFile: fleet.logFile,
        onLine: (line) => lines.push(line as Record<string, unknown>),
      },
    );
    try {
      await until('it opens', () => lines.some(({ replicas }) => replicas === 1), 30);
    } finally {
      await stopService(scaler, 5);
      await fleet.stop(5);
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a queue of BullMQ', () => {
  it('is missing until something is added: no data is not 0', async () => {
    await expect(read(sourceOf({ queue: 'other' }))).rejects.toMatchObject({ cause: 'queue-missing' });
  });

  it('counts what can be taken as ready: waiting, prioritized and due, not what is delayed', async () => {
    await queue.add('a', {});
    await queue.add('b', {}, { priority: 3 });
    await queue.add('c', {}, { delay: 50_000 });
    expect(await read()).toMatchObject({ ready: 2, unacked: 0 });
    now = () => Date.now() + 60_000;
    expect(await read()).toMatchObject({ ready: 3, unacked: 0 });
  });

  it('counts what is in work as unacked, and nothing when it is done', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
    const worker = new Worker('work', () => promise, { connection: redis, prefix: '{t}', concurrency: 1 });
    await expect.poll(() => read(), { timeout: 20_000 }).toMatchObject({ ready: 1, unacked: 1 });
    resolve();
    await expect.poll(() => read(), { timeout: 20_000 }).toMatchObject({ ready: 0, unacked: 0 });
    await worker.close();
    expect(await read()).not.toHaveProperty('oldestWaitSeconds');
  });

  it('tells the age of the job that is taken next', async () => {
    const added = Date.now();
    await queue.add('old', {}, { timestamp: added - 40_000 });
    await queue.add('new', {}, { timestamp: added });
    now = () => added;
    expect(await read()).toEqual({ ready: 2, unacked: 0, oldestWaitSeconds: 40, at: added });
  });
});

it.each([
  ['ten minutes ahead', (at: number) => at + 600_000, undefined],
  ['of 1970', () => 5, undefined],
  ['in seconds', (at: number) => Math.floor(at / 1000) - 40, 40],
])('a job whose instant is %s has the age that it can have, or none', async (_, timestamp, seconds) => {
  const at = Math.floor(Date.now() / 1000) * 1000;
  await queue.add('a', {}, { timestamp: timestamp(at) });
  now = () => at;
  const age = seconds === undefined ? {} : { oldestWaitSeconds: seconds };
  expect(await read()).toEqual({ ready: 1, unacked: 0, at, ...age });
});

describe('a server that does not answer as it should', () => {
  it('is unreachable, and read again when it is back', async () => {
    await queue.add('a', {});
    expect(await read()).toMatchObject({ ready: 1 });
    await server.kill();
    await expect(read()).rejects.toMatchObject({ cause: 'unreachable' });
    await server.restart();
    await expect.poll(() => read().catch(() => undefined), { timeout: 20_000 }).toMatchObject({ ready: 1 });
  });

  it('is not waited for longer than the reading may take', async () => {
    await queue.add('a', {});
    await read();
    await redis.call('CLIENT', 'PAUSE', '2000', 'ALL');
    await expect(read(sourceOf(), 200)).rejects.toMatchObject({ cause: 'timeout' });
    await redis.ping();
  });
});

describe('a user of the ACL', () => {
  const passwordFile = () => join(mkdtempSync(join(tmpdir(), 'redis-source-')), 'password');

  it('needs no more than it is said to, and is unauthorized with a wrong password or without a permission', async () => {
    await queue.add('a', {});
    const commands = [
      '+@connection',
      '+info',
      '+multi',
      '+exec',
      '+exists',
      '+llen',
      '+zcard',
      '+zcount',
      '+lindex',
      '+hget',
    ];
    await redis.call('ACL', 'SETUSER', 'scaler', 'on', '>right', '~{t}:work:*', ...commands);
    const file = passwordFile();
    writeFileSync(file, 'wrong');
    const source = sourceOf({ username: 'scaler', passwordFile: file });
    await expect(read(source)).rejects.toMatchObject({ cause: 'unauthorized' });
    writeFileSync(file, 'right\n');
    expect(await read(source)).toMatchObject({ ready: 1, unacked: 0 });
    await expect(read({ ...source, queue: 'other' })).rejects.toMatchObject({ cause: 'unauthorized' });
    connections.close(source);
  });

  it('without its file is unauthorized', async () => {
    await expect(read(sourceOf({ passwordFile: '/nowhere' }))).rejects.toMatchObject({
      cause: 'unauthorized',
    });
  });
});
