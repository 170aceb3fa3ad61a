import { flow } from '@sluice/policy';
import { expect, inject, test } from 'vitest';
import { type Measured, proveSteps } from '../soak/measured.ts';
import { freshVhost } from '../support/vhost.ts';

test('what arrives and what a job takes is measured from the totals of a real broker', async () => {
  const vhost = await freshVhost(inject('broker'));
  // A busy machine brings the first reading, and the replicas, later.
  const until = (now: Measured) => now.arrivalsPerSecond > 0.8 && now.serviceSeconds < 0.9;
  const size = {
    ...{ jobsPerSecond: 4, phases: [{ serviceSeconds: 0.5, seconds: 240, until }] },
    policy: flow({ targetWaitSeconds: 10, podStartSeconds: 1, initialServiceSeconds: 1, maxReplicas: 6 }),
  };
  const { published, waits, measured, mostReplicas } = await proveSteps(size, vhost);
  await vhost.remove();
  expect(waits).toHaveLength(published);
  expect(mostReplicas).toBeGreaterThan(0);
  const [last] = measured;
  // An exponential mean of 4 jobs a second rises from nothing.
  expect(last?.arrivalsPerSecond).toBeGreaterThan(0.8);
  expect(last?.arrivalsPerSecond).toBeLessThan(5);
  // It begins with 1 s.
  expect(last?.serviceSeconds).toBeGreaterThan(0.3);
  expect(last?.serviceSeconds).toBeLessThan(0.9);
});
