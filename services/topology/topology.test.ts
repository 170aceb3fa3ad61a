import { readFileSync } from 'node:fs';
import { ConfigError } from '@sluice/runtime';
import { expect, it } from 'vitest';
import { parseTopology, readPasswords, readTopologyFile } from './topology.ts';

const example = () =>
  JSON.parse(readFileSync(new URL('fixtures/topology.json', import.meta.url), 'utf8')) as Record<
    string,
    never
  >;

function faultsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

it('takes the example', () => {
  expect(parseTopology(example()).queues.map(({ name }) => name)).toEqual([
    'jobs',
    'jobs.retry',
    'jobs.parked',
  ]);
});

it('lists every fault with its place', () => {
  const data = {
    ...example(),
    vhost: '',
    queues: [{ name: 'jobs', durable: true, arguments: {} }],
    users: 1,
  };
  const faults = faultsOf(() => parseTopology(data));
  expect(faults.map((fault) => fault.split(':')[0])).toEqual(["'vhost'", "'queues.0'", "'users'"]);
});

it('refuses a permission that is no regular expression', () => {
  const { users, ...rest } = example() as unknown as { users: { permissions: { read: string } }[] };
  const [first] = users;
  if (first === undefined) throw new Error('the example has a user');
  first.permissions.read = '(';
  expect(faultsOf(() => parseTopology({ ...rest, users }))).toEqual([
    "'users.0.permissions.read': must be a regular expression: it must close every '('",
  ]);
});

it('names a file that is absent', () => {
  expect(faultsOf(() => readTopologyFile('/nowhere'))[0]).toContain("'TOPOLOGY_FILE' (/nowhere) must be");
});

it('names every password file that cannot be read', () => {
  const faults = faultsOf(() => readPasswords(parseTopology(example())));
  expect(faults.map((fault) => fault.split(' must')[0])).toEqual([
    "password file of user 'publisher' (/nowhere/publisher)",
    "password file of user 'consumer' (/nowhere/consumer)",
    "password file of user 'scaler' (/nowhere/scaler)",
  ]);
});

it.each(['.', '..', 'é'.repeat(128), '\ud800'])(
  'refuses the name %j: no path of the API, or no short string',
  (name) => {
    const file = {
      vhost: '/',
      exchanges: [],
      queues: [{ name, durable: true }],
      bindings: [],
      policies: [],
      users: [],
    };
    expect(() => parseTopology(file)).toThrow(/'queues\.0\.name'/);
  },
);
