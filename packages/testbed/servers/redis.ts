import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { freePort } from '@sluice/runtime/processes';
import { OwnServer } from './own-server.ts';

/** Lines of redis.conf that differ from those of a durable server. */
export interface RedisServerOptions {
  /** @default appendonly yes, appendfsync always, maxmemory-policy noeviction */
  readonly configuration?: readonly string[];
  /** What it presents as 'localhost': it listens by TLS alone. @default plain */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Debian's Redis, and its Sentinel. */
export const PROGRAM = '/usr/bin/redis-server';

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
export function pong(port: number, tls: boolean): Promise<boolean> {
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
