import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { freePort } from '@sluice/runtime/processes';
import { patient } from '../lib/patience.ts';
import { OwnServer } from './own-server.ts';

/** Lines of redis.conf that differ from those of a durable server. */
export interface RedisServerOptions {
  /** @default appendonly yes, appendfsync always, maxmemory-policy noeviction */
  readonly configuration?: readonly string[];
  /** What it presents as 'localhost': it listens by TLS alone. @default plain */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Debian's Redis, and its Sentinel. */
const PROGRAM = '/usr/bin/redis-server';

const DURABLE = ['appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction', 'save ""'];

/** Starts Debian's Redis on a free port with its own data. @throws Error with the end of its log */
export async function startRedis({ configuration = [], tls }: RedisServerOptions = {}): Promise<OwnServer> {
  if (!existsSync(PROGRAM)) throw new Error('no Redis here: apt-get install redis-server');
  const directory = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  const port = await freePort();
  const lines = ['bind 127.0.0.1', ...listeners(port, tls), `dir ${directory}`];
  // The last line of a name counts.
  writeFileSync(join(directory, 'redis.conf'), [...lines, ...DURABLE, ...configuration, ''].join('\n'));
  return OwnServer.start({
    ...{ name: 'Redis', directory, startSeconds: 20 },
    url: tls === undefined ? `redis://127.0.0.1:${port}/0` : `rediss://localhost:${port}/0`,
    command: [PROGRAM, join(directory, 'redis.conf')],
    answers: () => pong(port, tls !== undefined),
  });
}

/** Clients need no certificate: they log in by a password. */
const listeners = (port: number, tls: RedisServerOptions['tls']): readonly string[] =>
  tls === undefined
    ? [`port ${port}`]
    : [
        ...['port 0', `tls-port ${port}`, 'tls-auth-clients no'],
        ...[`tls-cert-file ${tls.certificate}`, `tls-key-file ${tls.key}`],
      ];

/** Whether it answers PING: a server that still loads its log answers with an error. */
function pong(port: number, tls: boolean): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ping = (): boolean => socket.write('PING\r\n');
  // Whether it answers: whose certificate it has, its clients look at.
  const socket = tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, ping)
    : connect(port, '127.0.0.1', ping);
  socket.setTimeout(1000, () => socket.destroy());
  socket.once('data', (data) => {
    // One that asks for a password is there too.
    resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    socket.destroy();
  });
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise;
}

/** A master with a replica, and three Sentinels of which two may decide on a failover. */
export interface RedisTrio {
  readonly master: OwnServer;
  readonly replica: OwnServer;
  /** The URL of the master, by its name. */
  readonly url: string;
  stop(): Promise<void>;
}

const MASTER = 'bank';
const SENTINELS = 3;
const QUORUM = 2;
/** Without an answer for so long, a Sentinel calls the master down. */
const DOWN_MS = 1000;

/** Starts Debian's Redis twice and its Sentinel three times, each on a free port. @throws Error with the end of a log */
export async function startRedisTrio(): Promise<RedisTrio> {
  const master = await startRedis();
  const replica = await startRedis({ configuration: [`replicaof 127.0.0.1 ${new URL(master.url).port}`] });
  const sentinels: OwnServer[] = [];
  for (let index = 0; index < SENTINELS; index += 1) sentinels.push(await startSentinel(master));
  const hosts = sentinels.map(({ url }) => new URL(url).host).join(',');
  return {
    ...{ master, replica, url: `redis://${hosts}/0?sentinel=${MASTER}` },
    stop: async () => {
      await Promise.all([...sentinels, replica, master].map((server) => server.stop()));
    },
  };
}

async function startSentinel(master: OwnServer): Promise<OwnServer> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-sentinel-'));
  const port = await freePort();
  const file = join(directory, 'sentinel.conf');
  const lines = [
    ...['bind 127.0.0.1', `port ${port}`, `dir ${directory}`],
    `sentinel monitor ${MASTER} 127.0.0.1 ${new URL(master.url).port} ${QUORUM}`,
    `sentinel down-after-milliseconds ${MASTER} ${DOWN_MS}`,
    `sentinel failover-timeout ${MASTER} 5000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return OwnServer.start({
    ...{ name: 'Sentinel', directory, startSeconds: 20, url: `redis://127.0.0.1:${port}` },
    command: [PROGRAM, file, '--sentinel'],
    answers: () => pong(port, false),
  });
}

/** Nodes of a Redis Cluster that share all slots, none with a replica. */
export interface RedisCluster {
  readonly nodes: readonly OwnServer[];
  /** The URL of the Cluster by its first node. */
  readonly url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const CLI = '/usr/bin/redis-cli';
const NODES = 3;
/** Without an answer for so long, a node calls another one down. */
const NODE_DOWN_MS = 1000;

/** Starts Debian's Redis three times, each on free ports, and makes one Cluster of them. @throws Error with a log's end */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: OwnServer[] = [];
  for (let index = 0; index < NODES; index += 1)
    nodes.push(
      await startRedis({
        configuration: [
          ...[
            'cluster-enabled yes',
            `cluster-port ${await freePort()}`,
            `cluster-node-timeout ${NODE_DOWN_MS}`,
          ],
          // A node that is down takes its own slots with it, and no others.
          'cluster-require-full-coverage no',
        ],
      }),
    );
  const addresses = nodes.map(({ url }) => new URL(url).host);
  const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'];
  await run(CLI, create, { timeout: patient(60) * 1000 });
  return {
    nodes,
    url: `redis://${addresses.join(',')}?cluster`,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
