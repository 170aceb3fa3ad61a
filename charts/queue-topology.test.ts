import { describe, expect, it } from 'vitest';
import { BROKER_USERS, workQueue } from './queue-topology.ts';

const passwordFiles = Object.fromEntries(BROKER_USERS.map((user) => [user, `/etc/${user}`]));

describe('a work queue', () => {
  const topology = workQueue({ queue: 'jobs', retrySeconds: 30, passwordFiles });

  it('sends what was rejected through the retry queue and back after its time', () => {
    expect(topology.policies.map(({ pattern, definition }) => [pattern, definition])).toEqual([
      ['^jobs$', { 'dead-letter-exchange': 'jobs', 'dead-letter-routing-key': 'jobs.retry' }],
      [
        '^jobs\\.retry$',
        { 'message-ttl': 30_000, 'dead-letter-exchange': 'jobs', 'dead-letter-routing-key': 'jobs' },
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
