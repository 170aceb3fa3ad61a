import { constant } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import type { Scaled } from '../charts/scaling.ts';
import { ChartError } from '../packages/contracts/checks.ts';
import type { Contribution } from './application.ts';
import { systemOf } from './system.ts';
import { local } from './testing/environments.ts';

const contributors = (...all: readonly Contribution[]) => all.map((one) => ({ contribute: () => one }));

function faultsOf(...all: readonly Contribution[]): readonly string[] {
  try {
    systemOf(contributors(...all), local);
  } catch (error) {
    if (error instanceof ChartError) return error.faults;
    throw error;
  }
  return [];
}

const owner = { name: 'shop', namespace: 'shop', component: 'worker' } as const;
const target = { kind: 'deployment', namespace: 'shop', name: 'shop' } as const;
const scaled = (name: string): Scaled => ({
  scaler: 'own',
  workload: { name, source: { kind: 'clock' }, target, policy: constant({ replicas: 1 }) },
});

describe('the system of an environment', () => {
  it('is the sum of what its applications contribute, in their order', () => {
    const system = systemOf(
      contributors(
        { queues: [{ queue: 'a', retrySeconds: 1 }], brokerUsers: [{ name: 'x', publishes: ['b'] }] },
        {},
        { queues: [{ queue: 'b', retrySeconds: 2 }] },
      ),
      local,
    );
    expect(system.queues.map(({ queue }) => queue)).toEqual(['a', 'b']);
    expect(system.brokerUsers).toEqual([{ name: 'x', publishes: ['b'] }]);
    expect(system.connections).toEqual([]);
  });

  it('names every contradiction between them at once', () => {
    const one: Contribution = {
      queues: [{ queue: 'jobs', retrySeconds: 1 }],
      brokerUsers: [{ name: 'shop', publishes: ['jbos'] }],
      secrets: [{ owner, secretName: 'keys', keys: { a: 'a' } }],
      scaled: [scaled('one')],
    };
    const other: Contribution = { ...one, scaled: [scaled('two')] };
    expect(faultsOf(one, other)).toEqual([
      "the queue 'jobs' must be declared once",
      "the broker user 'shop' must be declared once",
      "the Secret 'shop/keys' must be declared once",
      "the owner of the replica count of 'deployment shop/shop' must be declared once",
      "the broker user 'shop' works with 'jbos', which is none of the queues (jobs)",
      "the broker user 'shop' works with 'jbos', which is none of the queues (jobs)",
    ]);
  });
});
