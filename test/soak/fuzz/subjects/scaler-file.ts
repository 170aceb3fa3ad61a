import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constant, drain, flow, latch, proportional, type ScalerConfig, schedule } from '@sluice/policy';
import { ConfigError } from '@sluice/runtime';
import fc from 'fast-check';
import { settingsOf } from '../../../../services/scaler/config.ts';
import { jsonOf, mutated, mutatedData } from '../mutate.ts';
import { firstOf, unless, wrongNumber } from '../oracles.ts';
import { CANARY, parsing, subject } from '../subject.ts';

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
const office = { start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 };
const management = {
  kind: 'management',
  url: 'http://broker:15672',
  vhost: '/',
  queue: 'jobs',
  username: 'scaler',
  passwordFile: '/run/secrets/password',
};
const deployment = { kind: 'deployment', namespace: 'consumer', name: 'consumer' };
const process = {
  kind: 'process',
  command: ['node', 'main.ts'],
  env: { AMQP_URL: `amqp://user:${CANARY}@host`, AMQP_PASSWORD: CANARY },
  graceSeconds: 30,
};

const workloads: Readonly<Record<string, object>> = {
  latch: { name: 'a', source: management, target: deployment, policy },
  process: { name: 'b', source: management, target: process, policy },
  secretUrl: {
    ...{ name: 'c', target: { ...deployment, name: 'c' }, policy },
    source: { kind: 'detailed-metrics', url: `http://user:${CANARY}@host:15692`, vhost: '/', queue: 'jobs' },
  },
  prometheus: {
    ...{ name: 'd', target: { ...deployment, name: 'd' } },
    source: {
      ...{ kind: 'prometheus', url: 'https://prometheus:9090', readyQuery: 'sum(ready)' },
      unackedQuery: 'sum(unacked)',
    },
    policy: drain({ sloSeconds: 300, meanServiceSeconds: 5, podStartSeconds: 10, maxReplicas: 10 }),
  },
  measured: {
    ...{ name: 'g', target: { ...deployment, name: 'g' }, source: management },
    policy: flow({ targetWaitSeconds: 60, podStartSeconds: 10, maxReplicas: 10 }),
  },
  detailed: {
    ...{ name: 'e', target: { ...deployment, name: 'e' } },
    source: { kind: 'detailed-metrics', url: 'http://broker:15692', vhost: '/', queue: 'jobs' },
    policy: proportional({ perReplica: 10, maxReplicas: 5 }),
  },
  clock: {
    ...{ name: 'f', source: { kind: 'clock' }, target: { kind: 'hpa', namespace: 'api', name: 'api' } },
    policy: schedule({
      policy: constant({ replicas: 1, maxReplicas: 10 }),
      timeZone: 'Europe/Berlin',
      windows: [office],
      holidays: ['2026-12-25'],
    }),
  },
};

const files = fc
  .tuple(fc.constantFrom(0.5, 5, 60), fc.subarray(Object.values(workloads), { minLength: 1, maxLength: 3 }))
  .map(([pollSeconds, chosen]) => ({ pollSeconds, workloads: chosen }));

const inputs = fc.oneof(
  { weight: 5, arbitrary: mutatedData(files).map((data) => jsonOf(data)) },
  { weight: 1, arbitrary: mutated(files.map((data) => JSON.stringify(data))) },
);

// In memory where there is such a place: on a disk the file would take longer than what reads it.
const MEMORY = '/dev/shm';
const directory = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'sluice-fuzz-'));
globalThis.process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'scaler.json');
const settings = { CONFIG_FILE: file, LOG_LEVEL: 'info', HTTP_HOST: '', HTTP_PORT: 0 } as const;

/** The file as the service reads it, text and all. */
export const scalerFile = subject<string, ScalerConfig>({
  name: 'scaler file',
  inputs,
  parse: (text) =>
    parsing(() => {
      writeFileSync(file, text);
      return settingsOf(settings).file;
    }, ConfigError),
  nonsense: (config) =>
    firstOf(
      wrongNumber(config),
      unless(config.pollSeconds > 0, 'polls without a pause'),
      ...config.workloads.flatMap(({ source, target }) => [
        'url' in source ? wrongUrl(source.url) : undefined,
        'namespace' in target
          ? unless(isName(target.namespace) && isName(target.name), 'no DNS name')
          : undefined,
      ]),
    ),
});

const isName = (text: string): boolean => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text);

function wrongUrl(text: string): string | undefined {
  const { protocol, username, password, hostname } = new URL(text);
  return firstOf(
    unless(protocol === 'http:' || protocol === 'https:', `url: scheme ${protocol}`),
    unless(username === '' && password === '', 'url with credentials'),
    unless(hostname !== '', 'url without a host'),
  );
}
