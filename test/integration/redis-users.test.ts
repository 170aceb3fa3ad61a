import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { Connections, redisSource } from '../../services/scaler/sources/redis.ts';
import { BANK_USERS, bankLogin, bankPasswordOf, startBankRedis } from '../support/bank-redis.ts';
import { eventually } from '../support/job-harness.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { transfer } from '../transactions/harness.ts';

/** What the chart renders, on a server of this machine: its script, its files and the passwords of its Secret. */
const lines: Record<string, unknown>[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line));
let server: OwnServer;
let port = 0;

/**
 * What KEDA asks of a key, by the commands of its script.
 * @see https://github.com/kedacore/keda/blob/v2.20.2/pkg/scalers/redis_scaler.go
 */
const KEDA_SCRIPT = `
local sizes = { zset = 'zcard', set = 'scard', hash = 'hlen', list = 'llen', none = 'llen' }
return redis.call(sizes[redis.call('type', KEYS[1]).ok], KEYS[1])`;

const as = (username: string): Redis =>
  new Redis({ port, ...bankLogin(username), maxRetriesPerRequest: 0, retryStrategy: null });

beforeAll(async () => {
  ({ server, port } = await startBankRedis());
});

afterAll(async () => {
  await fleet.stop(5);
  await server.stop();
});

const refused = async (username: string, ...command: [string, ...string[]]): Promise<string> => {
  const client = as(username);
  client.on('error', () => {});
  try {
    return String(await client.call(...command));
  } catch (error) {
    return String(error);
  } finally {
    client.disconnect();
  }
};

describe('the users of the rendered Redis', () => {
  it('are those that the workloads, the scaler and the exporter need, and the default one is off', async () => {
    expect(BANK_USERS.map(({ name }) => name).sort()).toEqual([
      'inject',
      'journal',
      'process',
      'query',
      'queue-exporter',
      'redis-exporter',
      'scaler',
    ]);
    const anyone = new Redis({ port, maxRetriesPerRequest: 0, retryStrategy: null });
    anyone.on('error', () => {});
    await expect(anyone.ping()).rejects.toThrow(/NOAUTH/);
    anyone.disconnect();
  });

  it('do their work: a transaction is accepted, counted by the scaler and shown by the exporter', async () => {
    const clientOf = (name: string) => ({
      ...{
        REDIS_URL: server.url,
        REDIS_USERNAME: name,
        REDIS_PASSWORD: bankPasswordOf(name),
        DRAIN_DELAY_SECONDS: '0',
      },
    });
    fleet.start('inject', { ...clientOf('inject'), REDIS_FSYNC: 'always' });
    fleet.start('queue-exporter', {
      ...clientOf('queue-exporter'),
      INTERVAL_SECONDS: '0.2',
      DISCOVERY_SECONDS: '0.2',
    });
    const portOf = (service: string) =>
      lines.find((line) => line.msg === 'listening' && line.service === service)?.port;
    await until(
      'both listen',
      () => portOf('inject') !== undefined && portOf('queue-exporter') !== undefined,
      60,
    );
    const answer = await fetch(`http://127.0.0.1:${portOf('inject')}/transactions`, {
      ...{ method: 'POST', body: JSON.stringify(transfer(5)) },
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    });
    expect(answer.status).toBe(202);
    const passwordFile = fleet.file('scaler', bankPasswordOf('scaler'));
    const connections = new Connections();
    const source = {
      kind: 'redis',
      url: server.url,
      prefix: '{transactions}',
      queue: 'journal',
      username: 'scaler',
      passwordFile,
    } as const;
    const opened = redisSource(source, connections, Date.now);
    expect(await opened.read(AbortSignal.timeout(10_000))).toMatchObject({ ready: 1, unacked: 0 });
    opened.close?.();
    const page = `http://127.0.0.1:${portOf('queue-exporter')}/metrics`;
    await eventually(
      'the exporter counts it',
      async () =>
        (await (await fetch(page)).text()).includes(
          'queue_jobs_ready{queue="transactions:process",component="queue-exporter"} 1',
        ),
      20,
    );
  });

  it('give the exporter of Redis no key, no setting and no argument of a slow command', async () => {
    for (const command of [
      ['GET', '{transactions}:process:wait'],
      ['KEYS', '*'],
      ['CONFIG', 'GET', '*'],
      ['SLOWLOG', 'GET'],
    ] as [string, ...string[]][])
      expect(await refused('redis-exporter', ...command)).toMatch(/NOPERM/);
  });

  it('let KEDA ask for sizes by the script that it sends', async () => {
    const sizeOf = (key: string) => refused('journal-keda', 'EVAL', KEDA_SCRIPT, '1', key);
    expect(Number(await sizeOf('{transactions}:process:wait'))).toBeGreaterThan(0);
    expect(await sizeOf('{transactions}:process:prioritized')).toBe('0');
    expect(await sizeOf('elsewhere')).toMatch(/NOPERM/);
  });

  it('find after a kill what they had written: the server reads its log as a user who may write it', async () => {
    const reader = () => refused('process', 'LLEN', '{transactions}:process:wait');
    const before = await reader();
    expect(Number(before)).toBeGreaterThan(0);
    await server.kill();
    await server.restart();
    expect(await reader()).toBe(before);
  });

  it.each([
    ['process', 'CONFIG', 'SET', 'appendfsync', 'no'],
    ['process', 'FLUSHALL'],
    ['process', 'SET', 'elsewhere', '1'],
    ['process', 'ACL', 'LIST'],
    ['scaler', 'SET', '{transactions}:x', '1'],
    ['scaler', 'DEL', '{transactions}:process:wait'],
    ['journal-keda', 'DEL', '{transactions}:process:wait'],
    ['journal-keda', 'LRANGE', '{transactions}:process:wait', '0', '1'],
    ['journal-keda', 'EVAL', "return redis.call('del', KEYS[1])", '1', '{transactions}:process:wait'],
    ['journal-keda', 'SCAN', '0'],
    ['queue-exporter', 'KEYS', '*'],
    ['queue-exporter', 'GET', '{transactions}:key:x'],
    ['queue-exporter', 'CLIENT', 'KILL', 'TYPE', 'normal'],
    ['redis-exporter', 'GET', '{transactions}:key:x'],
    ['redis-exporter', 'SCAN', '0'],
    ['redis-exporter', 'SLOWLOG', 'GET', '1'],
    ['redis-exporter', 'CONFIG', 'GET', '*'],
    ['redis-exporter', 'CLIENT', 'LIST'],
    ['probe', 'GET', 'x'],
  ])('%s may not %s %s', async (user, ...command) => {
    expect(await refused(user, ...(command as [string, ...string[]]))).toMatch(
      /NOPERM|user executing the script can't run this command/,
    );
  });
});
