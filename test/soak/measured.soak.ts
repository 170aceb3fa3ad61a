import { drain, flow, type Policy } from '@sluice/policy';
import { expect, test } from 'vitest';
import { proveSteps, waitPercentile } from './measured.ts';
import { onOwnBroker } from './own-broker.ts';

/** Within which waits are short again after a step of the service time. */
const RECOVERY_SECONDS = 120;
const common = { podStartSeconds: 1, initialServiceSeconds: 1, maxReplicas: 25 };

interface Contender {
  readonly name: string;
  readonly policy: Policy;
  /** What the policy promises, or less. */
  readonly waitSeconds: number;
}

const contenders: readonly Contender[] = [
  { name: 'flow', policy: flow({ ...common, targetWaitSeconds: 20 }), waitSeconds: 20 },
  {
    name: 'drain without meanServiceSeconds',
    policy: drain({ ...common, sloSeconds: 40, sloOf: 'wait' }),
    waitSeconds: 40,
  },
];

// Side by side: each has a broker of its own, and sleeps for most of its quarter of an hour.
test.concurrent.each(contenders)(
  '$name measures what a job takes: it steps from 1 s to 10 s and back, and p99 of the waits recovers in two minutes',
  async ({ name, policy, waitSeconds }) => {
    const phases = [
      { serviceSeconds: 1, seconds: 240 },
      { serviceSeconds: 10, seconds: 300 },
      { serviceSeconds: 1, seconds: 240 },
    ];
    const result = await onOwnBroker((vhost) => proveSteps({ jobsPerSecond: 1, phases, policy }, vhost));
    const p99 = (from: number, to: number) => waitPercentile(result.waits, [from, to], 0.99);
    const waits = {
      beforeSeconds: p99(120, 240),
      duringRecoverySeconds: p99(240, 240 + RECOVERY_SECONDS),
      afterStepUpSeconds: p99(240 + RECOVERY_SECONDS, 540),
      afterStepDownSeconds: p99(540 + RECOVERY_SECONDS, 780),
    };
    const { published, measured, mostReplicas } = result;
    console.log(
      JSON.stringify({ name, published, done: result.waits.length, waits, measured, mostReplicas }),
    );
    expect(result.waits).toHaveLength(published);
    expect(waits.beforeSeconds).toBeLessThan(waitSeconds);
    expect(waits.afterStepUpSeconds).toBeLessThan(waitSeconds);
    expect(waits.afterStepDownSeconds).toBeLessThan(waitSeconds);
    expect(measured[0]?.serviceSeconds).toBeLessThan(1.5);
    expect(measured[1]?.serviceSeconds).toBeGreaterThan(8);
    expect(measured[2]?.serviceSeconds).toBeLessThan(2);
  },
);
