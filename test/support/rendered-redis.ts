import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { freePort } from '@sluice/runtime/processes';
import { Redis } from 'ioredis';
import { START_SCRIPT } from '../../charts/redis.ts';
import { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import type { Issued } from './authority.ts';

/** What the chart renders, and what the cluster puts beside it. */
export interface RenderedRedisOptions {
  /** Name -> text, as redisFiles makes them. */
  readonly files: Readonly<Record<string, string>>;
  /** User -> password, as its Secret holds them. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The certificate of its Secret, where the files ask for TLS. @default clear text */
  readonly issued?: Issued;
}

/** The server, and where it is. */
export interface RenderedRedis {
  readonly server: OwnServer;
  readonly port: number;
  /** The folder of what it writes at its start. */
  readonly run: string;
}

/** Starts Debian's Redis with the rendered script and files, on a free port of loopback. */
export async function startRenderedRedis(options: RenderedRedisOptions): Promise<RenderedRedis> {
  const { files, passwords, issued } = options;
  const directory = mkdtempSync(join(tmpdir(), 'sluice-rendered-redis-'));
  const port = await freePort();
  const at = (name: string): string => join(directory, name);
  for (const folder of ['config', 'users', 'run', 'data', 'tls']) mkdirSync(at(folder));
  for (const [name, text] of Object.entries(files))
    writeFileSync(
      join(at('config'), name),
      text.replace('port 6379', `port ${port}`).replaceAll('/etc/sluice/tls', at('tls')),
    );
  for (const [name, password] of Object.entries(passwords)) writeFileSync(join(at('users'), name), password);
  if (issued !== undefined) {
    copyFileSync(issued.certificate, join(at('tls'), 'tls.crt'));
    copyFileSync(issued.key, join(at('tls'), 'tls.key'));
  }
  const variables = {
    ...{ SERVER: '/usr/bin/redis-server', CONFIG_DIRECTORY: at('config'), USERS_DIRECTORY: at('users') },
    ...{ RUN_DIRECTORY: at('run'), DATA_DIRECTORY: at('data') },
    ...(issued !== undefined && { TLS_DIRECTORY: at('tls') }),
  };
  const assigned = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const server = await OwnServer.start({
    ...{ name: 'Redis', url: `redis://127.0.0.1:${port}/0`, directory, startSeconds: 20 },
    command: ['env', ...assigned, 'sh', '-c', START_SCRIPT],
    answers: () => answers({ port, ...(issued !== undefined && { tls: { rejectUnauthorized: false } }) }),
  });
  return { server, port, run: at('run') };
}

/** As the probe of its pod asks. */
async function answers(options: {
  readonly port: number;
  readonly tls?: ConnectionOptions;
}): Promise<boolean> {
  const probe = new Redis({
    ...{ ...options, username: 'probe', password: 'none', maxRetriesPerRequest: 0 },
    ...{ retryStrategy: null, enableReadyCheck: false },
  });
  probe.on('error', () => {});
  return probe
    .ping()
    .then(
      () => true,
      () => false,
    )
    .finally(() => probe.disconnect());
}
