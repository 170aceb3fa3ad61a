import { ConfigError, concealCredentials, parseConfig } from '@sluice/runtime';
import { connectOptions } from '@sluice/runtime/amqp';
import { redisOptions } from '@sluice/runtime/redis/options';
import type { Options } from 'amqplib';
import fc from 'fast-check';
import { environment as inject } from '../../../../services/inject/config.ts';
import { environment as publisher } from '../../../../services/publisher/config.ts';
import { environment as topology } from '../../../../services/topology/config.ts';
import { mutated } from '../mutate.ts';
import { firstOf, unless } from '../oracles.ts';
import { CANARY, CANARY_MARK, parsing, subject } from '../subject.ts';

interface Url {
  readonly text: string;
  /** What it was made of, undefined once it was edited. */
  readonly parts: Parts | undefined;
}

interface Parts {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

const names = fc.oneof(
  fc.constantFrom('guest', 'us@er', 'ü', 'a/b', 'p:w', '50%off', '20#x', 'a b', '%2f', '?', 'a+b'),
  fc.string({ minLength: 1, maxLength: 12 }),
);

const parts: fc.Arbitrary<Parts> = fc.record({
  host: fc.constantFrom('host', '127.0.0.1', '[::1]', 'broker.broker.svc.cluster.local'),
  port: fc.integer({ min: 1, max: 65_535 }),
  username: names,
  password: names.map((name) => `${name}${CANARY}`),
  vhost: names,
});

const written = (scheme: string, { host, port, username, password, vhost }: Parts): string =>
  `${scheme}://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(vhost)}`;

/** URLs as they should be written, with user and password as people write them, and edited ones. */
const urls = (...schemes: readonly [string, ...string[]]): fc.Arbitrary<Url> => {
  const scheme = fc.constantFrom(...schemes);
  const right = fc.tuple(scheme, parts).map(([one, all]) => ({ text: written(one, all), parts: all }));
  const raw = fc
    .tuple(scheme, names, parts)
    .map(([one, name, { host, port }]) => `${one}://${name}:${name}${CANARY}@${host}:${port}/%2f`);
  const odd = fc.tuple(fc.constantFrom('host:5672', 'user:pass@host', `u:${CANARY}@host:5672/%2f`, '//host'));
  const edited = fc.oneof(
    { weight: 4, arbitrary: mutated(right.map(({ text }) => text)) },
    { weight: 3, arbitrary: mutated(raw) },
    { weight: 1, arbitrary: odd.map(([text]) => text) },
  );
  return fc.oneof(
    { weight: 1, arbitrary: right },
    { weight: 4, arbitrary: edited.map((text) => ({ text, parts: undefined })) },
  );
};

/** The same without credentials, which a management API's URL must not hold. */
const bare = (...schemes: readonly [string, ...string[]]): fc.Arbitrary<Url> =>
  mutated(
    fc
      .tuple(fc.constantFrom(...schemes), parts, fc.constantFrom('', '/', '/prefix', '/a/b/'))
      .map(([scheme, { host, port }, path]) => `${scheme}://${host}:${port}${path}`),
  ).map((text) => ({ text, parts: undefined }));

/** AMQP_URL: what it is made of comes out of it again. */
export const amqpUrl = subject<Url, Options.Connect>({
  name: 'AMQP_URL',
  inputs: urls('amqp', 'amqps'),
  parse: ({ text }) =>
    parsing(() => connectOptions(parseConfig(publisher, { RUN_ID: 'run', AMQP_URL: text })), ConfigError),
  nonsense: (options, url) =>
    firstOf(
      unless(isHost(options.hostname ?? ''), `host '${options.hostname}'`),
      unless(isPort(options.port), `port ${options.port}`),
      url.parts && unless(sameAs(options, url.parts), `${JSON.stringify(options)} is another broker`),
    ),
});

const isHost = (host: string): boolean => /^[a-z0-9._:~%!$&'()*+,;=-]+$/i.test(host);
const isPort = (port: number | undefined): boolean =>
  Number.isInteger(port) && Number(port) > 0 && Number(port) <= 65_535;

/** amqplib decodes the virtual host. */
const sameAs = (options: Options.Connect, { host, port, username, password, vhost }: Parts): boolean =>
  options.hostname === host.replace(/^\[|\]$/g, '') &&
  options.port === port &&
  options.username === username &&
  options.password === password &&
  decodeURIComponent(options.vhost ?? '') === vhost;

const account = { MANAGEMENT_USERNAME: 'admin', MANAGEMENT_PASSWORD: 'x', TOPOLOGY_FILE: '/run/file' };

/** MANAGEMENT_URL: what is asked, and what is shown of it, holds no password. */
export const managementUrl = subject<Url, string>({
  name: 'MANAGEMENT_URL',
  inputs: fc.oneof(
    { weight: 2, arbitrary: urls('http', 'https') },
    { weight: 1, arbitrary: bare('http', 'https') },
  ),
  parse: ({ text }) =>
    parsing(() => parseConfig(topology, { ...account, MANAGEMENT_URL: text }).MANAGEMENT_URL, ConfigError),
  nonsense: (base) => {
    const { protocol, hostname, username, password, search, hash } = new URL(base);
    const shown = concealCredentials(base);
    return firstOf(
      unless(/^https?:$/.test(protocol) && hostname !== '', `no base: ${base}`),
      unless(`${username}${password}${search}${hash}` === '' && !base.endsWith('/'), `no base: ${base}`),
      unless(!shown.toLowerCase().includes(CANARY_MARK), `shows ${shown}`),
    );
  },
});

/** REDIS_URL: what it is made of comes out of it again. */
export const redisUrl = subject<Url, ReturnType<typeof redisOptions>>({
  name: 'REDIS_URL',
  inputs: urls('redis', 'rediss').map(({ text, parts }) => ({
    text: parts === undefined ? text : text.replace(/[^/]*$/, '7'),
    parts,
  })),
  parse: ({ text }) => parsing(() => redisOptions(parseConfig(inject, { REDIS_URL: text })), ConfigError),
  nonsense: ({ host = '', port = 0, db, username = '', password = '' }, { parts }) =>
    firstOf(
      unless(isHost(host), `host '${host}'`),
      unless(isPort(port) && Number.isInteger(db) && db >= 0 && db <= 9999, `port ${port}, database ${db}`),
      parts &&
        unless(
          [host, port, db, username, password].join() ===
            [parts.host.replace(/^\[|\]$/g, ''), parts.port, 7, parts.username, parts.password].join(),
          `${username}@${host}:${port}/${db} is another server`,
        ),
    ),
});
