import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileScalerConfig, latch } from '@sluice/policy';
import { ConfigError, parseConfig } from '@sluice/runtime';
import { afterAll, expect, it } from 'vitest';
import { environment, settingsOf } from './config.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-board-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const settings = (variables: Record<string, string> = {}) =>
  settingsOf(parseConfig(environment, { SCALER_URL: 'http://127.0.0.1:1/metrics', ...variables }));

function faultsOf(variables: Record<string, string>): readonly string[] {
  try {
    settings(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

it('is closed where nothing says that it is open', () => {
  expect(settings().access).toEqual({ kind: 'header', header: 'x-auth-request-user' });
  expect(settings({ AUTH: 'open', HOSTS: 'localhost, Board.test' }).access).toEqual({
    kind: 'open',
    hosts: ['localhost', 'board.test'],
  });
});

it.each([
  ['/', ''],
  ['/board', '/board'],
  ['/a/b-c/', '/a/b-c'],
])('takes the prefix %s as %j', (PATH_PREFIX, prefix) => {
  expect(settings({ PATH_PREFIX }).prefix).toBe(prefix);
});

it('reads the policies of the scaler', () => {
  const path = join(directory, 'scaler.json');
  const policy = latch({ replicas: 3, startWhen: { readyAtLeast: 5 } });
  const source = {
    kind: 'management',
    url: 'http://b',
    vhost: '/',
    queue: 'q',
    username: 'u',
    passwordFile: '/p',
  } as const;
  const target = { kind: 'deployment', namespace: 'n', name: 'd' } as const;
  const of = (name: string, namespace: string) => ({
    ...{ name, policy, source: { ...source, queue: name }, target: { ...target, namespace, name } },
  });
  const { config } = compileScalerConfig({
    ...{ pollSeconds: 5, workloads: [of('w', 'n'), of('a', 'shared'), of('b', 'shared')] },
  });
  writeFileSync(path, JSON.stringify(config));
  const { policies, namespaces } = settings({ SCALER_CONFIG_FILE: path });
  expect(policies.get('w')).toEqual(policy);
  // What is counted of a namespace is of none of its workloads where it has two.
  expect([...namespaces]).toEqual([['n', 'w']]);
});

it('names every fault at once', () => {
  expect(
    faultsOf({
      PATH_PREFIX: '//evil',
      TIME_ZONE: 'Mars',
      AUTH_HEADER: 'X User',
      SCALER_CONFIG_FILE: '/none',
    }),
  ).toEqual([
    "'PATH_PREFIX' (//evil) must be a path of lower-case words, '/board' for example",
    "'TIME_ZONE' (Mars) must be a time zone of IANA",
    "'AUTH_HEADER' (X User) must be the name of a header, in lower case",
    expect.stringContaining("'SCALER_CONFIG_FILE' (/none) must be a JSON file that can be read"),
  ]);
});
