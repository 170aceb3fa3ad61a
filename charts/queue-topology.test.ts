import { describe, expect, it } from 'vitest';
import { brokerTopology, workQueue } from './queue-topology.ts';

const USERS = ['publisher', 'consumer', 'scaler', 'exporter'];
const passwordFiles = Object.fromEntries(USERS.map((user) => [user, `/etc/${user}`]));

describe('a work queue', () => {
  const topology = workQueue({ queue: 'jobs', retrySeconds: 30, passwordFiles });

  it('sends retries back after their time, and parks what the broker drops, without any exchange of ours', () => {
    expect(topology.policies.map(({ pattern, definition }) => [pattern, definition])).toEqual([
      ['^jobs$', { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'jobs.parked' }],
      [
        '^jobs\\.retry$',
        { 'message-ttl': 30_000, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'jobs' },
      ],
    ]);
  });

  it('routes to every queue by its name', () => {
    expect(topology.bindings.map(({ queue, routingKey }) => [queue, routingKey])).toEqual([
      ['jobs', 'jobs'],
      ['jobs.retry', 'jobs.retry'],
      ['jobs.parked', 'jobs.parked'],
    ]);
  });

  it.each([
    ['publisher', 'writes the exchange', { configure: false, write: true, read: false }],
    ['consumer', 'reads the queue and writes the exchange', { configure: false, write: true, read: true }],
    ['scaler', 'touches nothing', { configure: false, write: false, read: false }],
    ['exporter', 'touches nothing', { configure: false, write: false, read: false }],
  ] as const)('lets the %s do its own work only: it %s', (name, _, expected) => {
    const user = topology.users.find((each) => each.name === name);
    for (const [permission, allowed] of Object.entries(expected)) {
      const pattern = new RegExp(user?.permissions[permission as keyof typeof expected] ?? '.*');
      expect(pattern.test('jobs'), permission).toBe(allowed);
      for (const other of ['jobs.retry', 'jobs.parked', 'jobsx', 'amq.direct'])
        expect(pattern.test(other)).toBe(false);
    }
    expect(user?.tags).toEqual(name === 'scaler' || name === 'exporter' ? ['monitoring'] : []);
  });

  it('declares no user whose password file is not given', () => {
    expect(workQueue({ queue: 'jobs', retrySeconds: 30, passwordFiles: {} }).users).toEqual([]);
  });
});

describe('the topology of a broker', () => {
  it('holds every queue, and lets a user of several reach those and no other', () => {
    const topology = brokerTopology({
      queues: [
        { queue: 'jobs', retrySeconds: 30 },
        { queue: 'a.b', retrySeconds: 5 },
      ],
      users: [{ name: 'both', consumes: ['jobs', 'a.b'], publishes: ['jobs'] }],
      passwordFile: (user) => `/users/${user}`,
    });
    expect(topology.queues.map(({ name }) => name)).toEqual([
      ...['jobs', 'jobs.retry', 'jobs.parked', 'a.b', 'a.b.retry', 'a.b.parked'],
    ]);
    expect(topology.users).toEqual([
      {
        ...{ name: 'both', tags: [], passwordFile: '/users/both' },
        permissions: { configure: '^$', write: '^(jobs|a\\.b)$', read: '^(jobs|a\\.b)$' },
      },
    ]);
  });
});
