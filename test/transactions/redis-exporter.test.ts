import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAlerts } from '../../apps/platform/store-alerts.ts';
import { storeExporter } from '../../apps/platform/store-exporters.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { bankPasswordOf, startBankRedis, startReplica, testerLogin } from '../support/bank-redis.ts';
import { eventually } from '../support/job-harness.ts';
import type { RenderedRedis } from '../support/rendered-redis.ts';
import { askedOf, metricsPage, missingOn, sampleOf, startStoreExporter } from '../support/store-exporter.ts';

let redis: RenderedRedis;
let replica: OwnServer;
let exporter: OwnServer;
let aliveUrl = '';

const reported = (name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined> =>
  sampleOf(exporter, name, labels);

beforeAll(async () => {
  redis = await startBankRedis();
  replica = await startReplica(redis);
  const password = bankPasswordOf(storeExporter('redis').name);
  ({ server: exporter, aliveUrl } = await startStoreExporter('redis', redis.server.url, password));
});

afterAll(async () => {
  await exporter?.stop();
  await replica?.stop();
  await redis?.server.stop();
});

describe('the exporter of Redis, with the rendered variables and its user', () => {
  it('exposes every metric and label that alerts and dashboard ask for', async () => {
    const asked = askedOf('redis', redisAlerts);
    expect(new Set(asked.map(({ metric }) => metric)).size).toBeGreaterThan(9);
    await eventually(
      'the replica follows',
      async () => (await reported('redis_connected_slave_offset_bytes')) !== undefined,
    );
    expect(missingOn(await metricsPage(exporter), asked)).toEqual([]);
  });

  it('is refused nothing but the slow commands, whose arguments are content', async () => {
    const client = new Redis({ ...testerLogin, port: redis.port });
    expect(await client.acl('LOG', 'RESET')).toBe('OK');
    expect(await reported('redis_exporter_last_scrape_error')).toBe(0);
    const refusals = (await client.acl('LOG')) as readonly string[][];
    expect(refusals.map((fields) => fields[fields.indexOf('object') + 1])).toEqual(['slowlog|get']);
    client.disconnect();
  });

  it('reports a client that waits, and each command by its name', async () => {
    const client = new Redis({ ...testerLogin, port: redis.port });
    const before = (await reported('redis_commands_total', { cmd: 'set' })) ?? 0;
    await client.set('key', 'value');
    expect(await reported('redis_commands_total', { cmd: 'set' })).toBe(before + 1);
    const waiting = client.blpop('nothing', 0).catch(() => 'ended');
    await eventually('a client waits', async () => (await reported('redis_blocked_clients')) === 1);
    client.disconnect();
    expect(await waiting).toBe('ended');
  });

  it('lives on while Redis does not, reports that, and when it does again', async () => {
    const { pid } = exporter;
    await redis.server.kill();
    expect(await reported('redis_up')).toBe(0);
    expect(await reported('redis_memory_used_bytes')).toBeUndefined();
    expect((await fetch(aliveUrl)).status).toBe(200);
    await redis.server.restart();
    await eventually('Redis is reported', async () => (await reported('redis_up')) === 1);
    expect(exporter.pid).toBe(pid);
  });
});
