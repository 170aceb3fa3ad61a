import { expect, it } from 'vitest';
import { overriddenPolicies } from './declare.ts';
import type { Topology } from './topology.ts';

const policy = (name: string, pattern: string, priority = 0) => ({
  ...{ name, pattern, priority, applyTo: 'queues' as const, definition: {} },
});
const topology = {
  ...{ vhost: '/', exchanges: [], bindings: [], users: [] },
  queues: ['jobs', 'jobs.retry', 'jobs.parked'].map((name) => ({ name, durable: true })),
  policies: [policy('jobs', '^jobs$'), policy('retry', '^jobs\\.retry$', 1), policy('any', '^jobs\\.retry')],
} satisfies Topology;

/** With these policies on the broker. */
const among = (...held: object[]) => overriddenPolicies(topology, { get: async () => held });
const operator = (pattern: string, priority: number, applyTo = 'queues') => ({
  ...{ name: 'operator', pattern, priority, 'apply-to': applyTo, vhost: '/', definition: {} },
});

it('finds nothing where every queue has the policy that was declared for it', async () => {
  expect(await among(...topology.policies)).toEqual([]);
  expect(await among(operator('^jobs', 0), operator('^other', 9), operator('.', 9, 'exchanges'))).toEqual([]);
  expect(await overriddenPolicies(topology, { get: async () => undefined })).toEqual([]);
});

it('finds the queues for which another policy has a higher priority', async () => {
  expect(await among(...topology.policies, operator('(?i)^JOBS', 1))).toEqual([
    { queue: 'jobs', declared: 'jobs', inEffect: 'operator' },
  ]);
  expect((await among(operator('.*', 2))).map(({ queue }) => queue)).toEqual(['jobs', 'jobs.retry']);
});
