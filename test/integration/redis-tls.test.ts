/** Redis over TLS, with a certificate of an authority of our own: the scaler's source and every service verify it. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisSource } from '@sluice/policy';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { redisFiles } from '../../charts/redis.ts';
import { stopService } from '../../cli/up/processes.ts';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { Connections, redisSource } from '../../services/scaler/sources/redis.ts';
import { Authority, type Issued, replaceFile } from '../support/authority.ts';
import { startRenderedRedis } from '../support/rendered-redis.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

type Line = Record<string, unknown> & { msg: string; name: string };

const PASSWORD = 'open-sesame';
const ACCOUNT = ['user default off', `user sluice on >${PASSWORD} ~* &* +@all`];
const lines: Line[] = [];
const fleet = new ServiceProcesses((line, name) => lines.push({ ...line, name }));
const at = (name: string): string => join(fleet.directory, name);
const first = new Authority('first');
const second = new Authority('second');
/** What every client believes; a rotation replaces it under their feet. */
const believed = at('believed.pem');
const passwordFile = fleet.file('password', PASSWORD);

let server: OwnServer;
let redis: Redis;
let connections: Connections;

/** What the server presents from its next start or its next look on. */
function present({ certificate, key }: Issued): void {
  copyFileSync(key, at('tls.key'));
  copyFileSync(certificate, at('tls.crt'));
}

/** A client of the test's own, which believes both authorities. */
function administrator(): Redis {
  const { port } = new URL(server.url);
  const client = new Redis({
    ...{ host: 'localhost', port: Number(port), username: 'sluice', maxRetriesPerRequest: null },
    ...{ password: PASSWORD, tls: { ca: [first.certificate, second.certificate] } },
  });
  client.on('error', () => {});
  return client;
}

beforeAll(async () => {
  replaceFile(believed, first.certificate);
  present(first.issue('localhost'));
  server = await startRedis({
    tls: { certificate: at('tls.crt'), key: at('tls.key') },
    configuration: ACCOUNT,
  });
  redis = administrator();
  connections = new Connections();
  const queue = new Queue('process', { connection: redis, prefix: TRANSACTION_QUEUES.prefix });
  queue.on('error', () => {});
  // One that no worker takes while the test lasts.
  await queue.add('a', {}, { delay: 3_600_000 });
});

afterAll(async () => {
  await fleet.stop(5);
  redis.disconnect();
  await server.stop();
  first.dispose();
  second.dispose();
});

/** The same server by an address that its certificate does not name. */
const unnamed = (): string => server.url.replace('localhost', '127.0.0.1');

describe("the scaler's source", () => {
  const sourceOf = ({ url = server.url, caFile }: { url?: string; caFile?: string }): RedisSource => ({
    ...{ kind: 'redis', url, prefix: TRANSACTION_QUEUES.prefix, queue: 'process' },
    ...{ username: 'sluice', passwordFile, ...(caFile !== undefined && { caFile }) },
  });
  const read = (source: RedisSource) =>
    redisSource(source, connections, Date.now).read(AbortSignal.timeout(10_000));

  it('reads a queue of a server that its authority vouches for', async () => {
    const source = sourceOf({ caFile: believed });
    expect(await read(source)).toMatchObject({ ready: 0, unacked: 0 });
    connections.close(source);
  });

  it.each([
    ['without authorities of its own', () => ({})],
    ['with those of another', () => ({ caFile: second.file })],
    ['by an address that the certificate does not name', () => ({ url: unnamed(), caFile: believed })],
  ])('reads nothing %s, and says that the server is untrusted', async (_, more) => {
    await expect(read(sourceOf(more()))).rejects.toMatchObject({
      cause: 'untrusted',
    });
  });

  it('reads nothing by the plain protocol', async () => {
    const plain = sourceOf({ url: server.url.replace('rediss:', 'redis:') });
    await expect(read(plain)).rejects.toMatchObject({ cause: 'unreachable' });
  });
});

/** What each service needs beside Redis; nothing answers there. */
const MONGODB_URL = 'mongodb://127.0.0.1:1/';
const ELASTICSEARCH_URL = 'http://127.0.0.1:1';
const CLIENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  inject: { DRAIN_DELAY_SECONDS: '0' },
  process: { MONGODB_URL },
  journal: { ELASTICSEARCH_URL },
  query: { MONGODB_URL, ELASTICSEARCH_URL, DRAIN_DELAY_SECONDS: '0' },
  'queue-exporter': { INTERVAL_SECONDS: '0.1' },
};
const names = Object.keys(CLIENTS);

const start = (name: string, more: Readonly<Record<string, string>>) =>
  fleet.start(name, {
    ...{ REDIS_URL: server.url, REDIS_USERNAME: 'sluice', REDIS_PASSWORD_FILE: passwordFile },
    ...CLIENTS[name],
    ...more,
  });
const said = (name: string, msg: string) => lines.filter((line) => line.name === name && line.msg === msg);
const connected = (name: string): number => said(name, 'connected to redis').length;
const certificateRefused = (name: string): boolean =>
  said(name, 'redis not reached').some(({ error }) => /certificate|altnames/i.test(String(error)));

describe('each service', () => {
  afterEach(() => {
    lines.length = 0;
  });

  it('does not connect to a server that another authority vouches for, or that has another name', async () => {
    const running = names.map((name) => start(name, { REDIS_CA_FILE: second.file }));
    for (const name of names) await until(`${name} refuses it`, () => certificateRefused(name), 60);
    expect(names.filter((name) => connected(name) > 0)).toEqual([]);
    await Promise.all(running.map((service) => stopService(service, 1)));
    lines.length = 0;
    const exporter = start('queue-exporter', { REDIS_URL: unnamed(), REDIS_CA_FILE: believed });
    await until('its name is refused', () => certificateRefused('queue-exporter'), 60);
    expect(connected('queue-exporter')).toBe(0);
    await stopService(exporter, 1);
  });

  it('connects by its authorities, and to a server of other ones when its file names them', async () => {
    for (const name of names) start(name, { REDIS_CA_FILE: believed });
    for (const name of names) await until(`${name} is connected`, () => connected(name) > 0, 60);
    present(second.issue('localhost'));
    await server.restart();
    for (const name of names) await until(`${name} refuses it`, () => certificateRefused(name), 60);
    const before = new Map(names.map((name) => [name, connected(name)]));
    replaceFile(believed, `${first.certificate}${second.certificate}`);
    for (const name of names)
      await until(`${name} is connected again`, () => connected(name) > (before.get(name) ?? 0), 60);
  });
});

describe('the rendered Redis with a certificate', () => {
  it('answers by TLS alone, and keeps the certificate that it has started with for its probe', async () => {
    const issued = first.issue('localhost');
    const users = [{ name: 'inject', rules: '~{transactions}:* &* +@all' }];
    const rendered = await startRenderedRedis({
      files: redisFiles({ fsync: 'always', users, tlsSecret: 'redis-tls' } as never),
      ...{ passwords: { inject: PASSWORD }, issued },
    });
    const client = (tls?: { readonly ca: string }) =>
      new Redis({
        ...{ host: 'localhost', port: rendered.port, username: 'inject', password: PASSWORD },
        ...{ maxRetriesPerRequest: 0, retryStrategy: null, ...(tls && { tls }) },
      });
    const [secure, plain] = [client({ ca: readFileSync(first.file, 'utf8') }), client()];
    for (const one of [secure, plain]) one.on('error', () => {});
    try {
      expect(await secure.set('{transactions}:a', '1')).toBe('OK');
      await expect(plain.ping()).rejects.toThrow();
      expect(readFileSync(join(rendered.run, 'tls.crt'))).toEqual(readFileSync(issued.certificate));
    } finally {
      for (const one of [secure, plain]) one.disconnect();
      await rendered.server.stop();
    }
  });
});
