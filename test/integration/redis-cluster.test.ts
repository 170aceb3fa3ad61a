/** Queues of a Redis Cluster of three nodes: the scaler's source reads each where its slot is. */
import type { RedisSource } from '@sluice/policy';
import { Queue } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisCluster, startRedisCluster } from '../../packages/testbed/servers/redis.ts';
import { Connections, redisSource } from '../../services/scaler/sources/redis.ts';
import { eventually } from '../support/job-harness.ts';

/** A prefix for each node: their slots are in the first, the second and the last third. */
const PREFIXES = ['{b}', '{c}', '{a}'] as const;

const connections = new Connections();
let cluster: RedisCluster;
let client: Cluster;
let queues: readonly Queue[];

const source = (prefix: string, url = cluster.url): RedisSource => ({
  ...{ kind: 'redis', url, prefix, queue: 'work' },
});
const read = (prefix: string, url?: string) =>
  redisSource(source(prefix, url), connections, Date.now).read(AbortSignal.timeout(10_000));

/** The port of the node that has the slot of a prefix. */
async function nodeOf(prefix: string): Promise<number> {
  const slot = Number(await client.cluster('KEYSLOT', prefix));
  const ranges = await client.cluster('SLOTS');
  return ranges.find(([from, to]) => from <= slot && slot <= to)?.[2]?.[1] ?? 0;
}

/** Moves the slot of a prefix as `redis-cli` does, one key after the other. @param between Looks while keys are on both */
async function moveSlot(
  prefix: string,
  from: number,
  to: number,
  between: () => Promise<void>,
): Promise<void> {
  const ports = cluster.nodes.map(({ url }) => Number(new URL(url).port));
  const nodes = new Map(ports.map((port) => [port, new Redis({ port, maxRetriesPerRequest: 1 })]));
  const ask = (port: number, ...command: [string, ...(string | number)[]]): Promise<unknown> =>
    nodes.get(port)?.call(...command) ?? Promise.reject(new Error(`no node has port ${port}`));
  const slot = Number(await ask(from, 'CLUSTER', 'KEYSLOT', prefix));
  const [source, target] = await Promise.all(
    [from, to].map(async (port) => String(await ask(port, 'CLUSTER', 'MYID'))),
  );
  await ask(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', source ?? '');
  await ask(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', target ?? '');
  const keys = (await ask(from, 'CLUSTER', 'GETKEYSINSLOT', slot, 1000)) as string[];
  expect(keys.length).toBeGreaterThan(2);
  for (const key of keys) {
    await ask(from, 'MIGRATE', '127.0.0.1', to, key, 0, 5000);
    await between();
  }
  for (const port of [to, from, ...ports.filter((one) => one !== to && one !== from)])
    await ask(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', target ?? '');
  for (const node of nodes.values()) node.disconnect();
}

beforeAll(async () => {
  cluster = await startRedisCluster();
  client = new Cluster(
    cluster.nodes.map(({ url }) => ({ host: '127.0.0.1', port: Number(new URL(url).port) })),
  );
  client.on('error', () => {});
  queues = PREFIXES.map((prefix) => new Queue('work', { connection: client, prefix }));
  for (const [index, queue] of queues.entries()) {
    queue.on('error', () => {});
    for (let job = 0; job <= index; job += 1) await queue.add('job', {});
    await queue.add('later', {}, { delay: 3_600_000 });
  }
});

afterAll(async () => {
  connections.close(source(PREFIXES[0]));
  client?.disconnect();
  await cluster?.stop();
});

describe('queues of a Redis Cluster', () => {
  it('are on different nodes, and each is read where it is', async () => {
    expect(new Set(await Promise.all(PREFIXES.map(nodeOf))).size).toBe(3);
    const read3 = await Promise.all(PREFIXES.map((prefix) => read(prefix)));
    expect(read3.map(({ ready, unacked }) => [ready, unacked])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    for (const { oldestWaitSeconds } of read3) expect(oldestWaitSeconds).toBeGreaterThanOrEqual(0);
  });

  it('are missing where nothing was ever added', async () => {
    await expect(read('{never}')).rejects.toMatchObject({ cause: 'queue-missing' });
  });

  it('are read by a node that answers, where another one of the address does not', async () => {
    const { host } = new URL(cluster.nodes[2]?.url ?? '');
    const url = `redis://127.0.0.1:1,${host}?cluster`;
    expect(await read(PREFIXES[1], url)).toMatchObject({ ready: 2 });
    connections.close(source(PREFIXES[1], url));
  });

  it('are read rightly or not at all while their slot moves, and on the other node afterwards', async () => {
    const [from, to] = [await nodeOf(PREFIXES[0]), await nodeOf(PREFIXES[1])];
    const seen: unknown[] = [];
    await moveSlot(PREFIXES[0], from, to, async () => {
      seen.push(
        await read(PREFIXES[0]).then(
          ({ ready }) => ready,
          ({ cause }) => cause,
        ),
      );
    });
    // What is split between two nodes is no count, and never a queue that is gone.
    expect(seen.filter((one) => one !== 1 && one !== 'unreachable')).toEqual([]);
    expect(await read(PREFIXES[0])).toMatchObject({ ready: 1, unacked: 0 });
    expect(await nodeOf(PREFIXES[0])).toBe(to);
  });

  it('of a node that is down are unreachable, the others are read on, and it is read again when it is back', async () => {
    const port = await nodeOf(PREFIXES[2]);
    const node = cluster.nodes.find(({ url }) => new URL(url).port === String(port));
    await node?.kill();
    await expect(read(PREFIXES[2])).rejects.toMatchObject({ cause: 'unreachable' });
    const others = async (): Promise<boolean> =>
      (await read(PREFIXES[1]).catch(() => undefined))?.ready === 2;
    await eventually('the others are read', others, 30);
    await node?.restart();
    const back = async (): Promise<boolean> => (await read(PREFIXES[2]).catch(() => undefined))?.ready === 3;
    await eventually('it is read again', back, 30);
  });

  it('are unreachable where no node answers', async () => {
    const url = 'redis://127.0.0.1:1,127.0.0.1:2?cluster';
    await expect(read(PREFIXES[0], url)).rejects.toMatchObject({ cause: 'unreachable' });
    connections.close(source(PREFIXES[0], url));
  });
});
