import { constant, type ScalerConfig, schedule } from '@sluice/policy';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createScaler } from './scaler.ts';
import { hpaTarget } from './targets/kubernetes.ts';
import { FakeAutoscaler } from './testing/kubernetes.ts';

const target = { kind: 'hpa', namespace: 'api', name: 'api' } as const;
const policy = schedule({
  policy: constant({ replicas: 1, maxReplicas: 15 }),
  timeZone: 'Europe/Berlin',
  windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }],
});
const config: ScalerConfig = {
  pollSeconds: 5,
  workloads: [{ name: 'api', source: { kind: 'clock' }, target, policy }],
};

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-20T06:29:50Z') }));
afterEach(() => void vi.useRealTimers());

it('the minimum of an HPA rises with the window and falls with it, within a poll', async () => {
  const hpa = new FakeAutoscaler({ minReplicas: 1, maxReplicas: 15 });
  const registry = new Registry();
  const scaler = createScaler({
    ...{ config, registry, openTarget: () => hpaTarget(target, hpa) },
    ...{ log: { info: () => {}, warn: () => {} }, random: () => 0 },
  });
  await vi.advanceTimersByTimeAsync(9999);
  expect(hpa.spec.minReplicas).toBe(1);
  await vi.advanceTimersByTimeAsync(5001);
  expect(hpa.spec).toEqual({ minReplicas: 3, maxReplicas: 15 });
  // What another client writes lasts until the next poll: the field has one owner.
  hpa.set({ minReplicas: 9, maxReplicas: 15 });
  await vi.advanceTimersByTimeAsync(5000);
  expect(hpa.spec.minReplicas).toBe(3);
  vi.setSystemTime(Date.parse('2026-11-20T16:59:59Z'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(hpa.spec.minReplicas).toBe(1);
  expect(await registry.metrics()).not.toContain('cause=');
  await scaler.stop();
});
