import { latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../environments/environment.ts';
import { local, render, withOverrides } from './testing/desired-state.ts';

/** Paths whose text differs between two renders of the local environment. */
function changes(to: Partial<Environment>): string[] {
  const [before, after] = [render([local]), render([{ ...local, ...to }])];
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}

describe('one line of desired state', () => {
  it("changes the scaler's file, rolls the scaler and moves the bounds of alerts when it is the policy", () => {
    const policy = latch({ replicas: 10, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
    expect(changes(withOverrides(local, { consumer: { policy } })).sort()).toEqual([
      'local/board/configmap-board-policies.board.yaml',
      'local/board/deployment-board.board.yaml',
      'local/broker/configmap-dashboard-broker.broker.yaml',
      'local/broker/prometheusrule-broker.broker.yaml',
      'local/consumer/prometheusrule-consumer.consumer.yaml',
      'local/scaler/configmap-scaler.scaler.yaml',
      'local/scaler/deployment-scaler.scaler.yaml',
    ]);
  });

  it('makes a new topology Job when it is the retry time', () => {
    const paths = changes(withOverrides(local, { consumer: { retrySeconds: 60 } }));
    expect(paths.map((path) => path.replace(/topology-[0-9a-f]{10}/, 'topology-HASH')).sort()).toEqual([
      'local/broker/configmap-topology-HASH.broker.yaml',
      'local/broker/configmap-topology-HASH.broker.yaml',
      'local/broker/job-topology-HASH.broker.yaml',
      'local/broker/job-topology-HASH.broker.yaml',
    ]);
  });

  it('moves to another broker without touching what connects to it', () => {
    const paths = changes({ broker: 'rabbitmq' });
    expect(paths.every((path) => path.startsWith('local/broker/'))).toBe(true);
    expect(paths.some((path) => path.includes('service-') || path.includes('networkpolicy-'))).toBe(false);
  });

  it('is refused with every fault when it cannot work', () => {
    expect(() => changes(withOverrides(local, { consumer: { workSeconds: 60, maxAttempts: 0 } }))).toThrow(
      "Worker 'consumer': 'stopDeadlineSeconds' (30) must be at least 'prefetch' (1) x 'longestJobSeconds' (60); 'maxAttempts' (0) must be a whole number of at least 1",
    );
  });
});
