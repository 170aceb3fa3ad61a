import { expect, test } from 'vitest';
import { proveSteps, waitPercentile } from './measured.ts';

/** Within which waits are short again after a step of the service time. */
const RECOVERY_SECONDS = 120;
const TARGET_WAIT_SECONDS = 20;

test('flow measures what a job takes: it steps from 1 s to 10 s and back, and p99 of the waits recovers in two minutes', async () => {
  const phases = [
    { serviceSeconds: 1, seconds: 240 },
    { serviceSeconds: 10, seconds: 300 },
    { serviceSeconds: 1, seconds: 240 },
  ];
  const result = await proveSteps({
    ...{ jobsPerSecond: 1, phases, targetWaitSeconds: TARGET_WAIT_SECONDS, maxReplicas: 25 },
  });
  const p99 = (from: number, to: number) => waitPercentile(result.waits, [from, to], 0.99);
  const waits = {
    beforeSeconds: p99(120, 240),
    duringRecoverySeconds: p99(240, 240 + RECOVERY_SECONDS),
    afterStepUpSeconds: p99(240 + RECOVERY_SECONDS, 540),
    afterStepDownSeconds: p99(540 + RECOVERY_SECONDS, 780),
  };
  const { published, measured, mostReplicas } = result;
  console.log(JSON.stringify({ published, done: result.waits.length, waits, measured, mostReplicas }));
  expect(result.waits).toHaveLength(published);
  expect(waits.beforeSeconds).toBeLessThan(TARGET_WAIT_SECONDS);
  expect(waits.afterStepUpSeconds).toBeLessThan(TARGET_WAIT_SECONDS);
  expect(waits.afterStepDownSeconds).toBeLessThan(TARGET_WAIT_SECONDS);
  expect(measured[0]?.serviceSeconds).toBeLessThan(1.5);
  expect(measured[1]?.serviceSeconds).toBeGreaterThan(8);
  expect(measured[2]?.serviceSeconds).toBeLessThan(2);
});
