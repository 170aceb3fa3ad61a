/** A master that Sentinels know: it dies, and every client goes on with the one that takes over. */
import type { RedisSource } from '@sluice/policy';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { type RedisTrio, startRedisTrio } from '../../packages/testbed/servers/redis.ts';
import { Connections, redisSource } from '../../services/scaler/sources/redis.ts';
import { eventually } from '../support/job-harness.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { transfer } from '../transactions/harness.ts';

type Line = Record<string, unknown> & { msg: string; name: string };

const lines: Line[] = [];
const fleet = new ServiceProcesses((line, name) => lines.push({ ...line, name }));
const connections = new Connections();
let trio: RedisTrio;
let inject: string;

const said = (name: string, msg: string) => lines.filter((line) => line.name === name && line.msg === msg);

beforeAll(async () => {
  trio = await startRedisTrio();
  const env = { REDIS_URL: trio.url, DRAIN_DELAY_SECONDS: '0' };
  fleet.start('inject', env);
  fleet.start('queue-exporter', { ...env, INTERVAL_SECONDS: '0.1' });
  await until('inject listens', () => said('inject', 'listening').length > 0, 60);
  inject = `http://127.0.0.1:${String(said('inject', 'listening')[0]?.port)}`;
});

afterAll(async () => {
  connections.close(source());
  await fleet.stop(5);
  await trio.stop();
});

const source = (): RedisSource => ({
  ...{ kind: 'redis', url: trio.url, prefix: TRANSACTION_QUEUES.prefix, queue: 'process' },
});
const read = () => redisSource(source(), connections, Date.now).read(AbortSignal.timeout(10_000));

const post = async (key: string): Promise<number> =>
  (
    await fetch(`${inject}/transactions`, {
      ...{ method: 'POST', body: JSON.stringify(transfer(1)), signal: AbortSignal.timeout(10_000) },
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    })
  ).status;

const accepts = (key: string) => async (): Promise<boolean> =>
  (await post(key).catch(() => undefined)) === 202;

/** Whether what the master has answered is on its replica too: replication is asynchronous. */
async function replicated(): Promise<boolean> {
  const client = new Redis(trio.master.url, { maxRetriesPerRequest: 0, retryStrategy: null });
  client.on('error', () => {});
  try {
    return (await client.wait(1, 1000)) === 1 && (await client.info('replication')).includes('state=online');
  } finally {
    client.disconnect();
  }
}

describe('a Redis that Sentinels know', () => {
  it('is read and written at the address of its master', async () => {
    await eventually('inject accepts', accepts('first'), 30);
    expect(await read()).toMatchObject({ ready: 1, unacked: 0 });
    expect(said('inject', 'connected to redis')[0]?.server).toMatch(/^bank of 127\.0\.0\.1:\d+, /);
  });

  it('has another master when the first dies, and what was accepted is there', async () => {
    await eventually('the replica has it', replicated, 30);
    await trio.master.kill();
    await eventually('inject accepts again', accepts('second'), 60);
    const readsBoth = async (): Promise<boolean> => (await read().catch(() => undefined))?.ready === 2;
    await eventually('the scaler reads both', readsBoth, 30);
    const client = new Redis(trio.replica.url, { maxRetriesPerRequest: 1 });
    try {
      expect(await client.info('replication')).toContain('role:master');
      expect(await client.llen(`${TRANSACTION_QUEUES.prefix}:process:wait`)).toBe(2);
    } finally {
      client.disconnect();
    }
    await until(
      'the exporter is connected again',
      () => said('queue-exporter', 'connected to redis').length > 1,
      30,
    );
  });

  it('is unreachable where no Sentinel answers', async () => {
    const lost = { ...source(), url: 'redis://127.0.0.1:1/0?sentinel=bank' };
    await expect(
      redisSource(lost, connections, Date.now).read(AbortSignal.timeout(10_000)),
    ).rejects.toMatchObject({ cause: 'unreachable' });
    connections.close(lost);
  });
});
