import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from '@sluice/runtime/processes';
import { patient } from '../lib/patience.ts';
import type { OwnServer } from './own-server.ts';
import { startRedis } from './redis.ts';

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
const DOWN_MS = 1000;

/** Starts Debian's Redis three times, each on free ports, and makes one Cluster of them. @throws Error with a log's end */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: OwnServer[] = [];
  for (let index = 0; index < NODES; index += 1)
    nodes.push(
      await startRedis({
        configuration: [
          ...['cluster-enabled yes', `cluster-port ${await freePort()}`, `cluster-node-timeout ${DOWN_MS}`],
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
