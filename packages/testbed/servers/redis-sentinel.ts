import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@sluice/runtime/processes';
import { OwnServer } from './own-server.ts';
import { PROGRAM, pong, startRedis } from './redis.ts';

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
