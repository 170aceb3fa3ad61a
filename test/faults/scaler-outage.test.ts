import { latch, type Source } from '@sluice/policy';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import {
  declareQueue,
  managementSource,
  metricsSource,
  publishJobs,
  runScaler,
} from '../integration/scaler-harness.ts';
import { keepDeclared, startBroker } from '../support/shared-broker.ts';

const policy = latch({ replicas: 3, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 2 } });
type Scaler = Awaited<ReturnType<typeof runScaler>>;
const within = { timeout: patient(40) * 1000, interval: 50 };

describe('a broker that dies while its queue is drained', () => {
  let broker: LocalBroker;
  beforeAll(async () => {
    broker = await startBroker({ collectStatisticsMs: 200 });
    await declareQueue(broker.amqpUrl);
    await keepDeclared(broker);
  });
  afterAll(() => broker.stop());

  it('freezes the count, is counted, and drained when it is back, by either source', async () => {
    const started = async (source: Source) =>
      runScaler({ source, policy, amqpUrl: broker.amqpUrl, workMs: 50 });
    await using byManagement = await started(managementSource(broker, '/'));
    await using byMetrics = await started(metricsSource(broker, '/'));
    const scalers = [byManagement, byMetrics];
    const each = (look: (scaler: Scaler) => void | Promise<void>) =>
      vi.waitFor(async () => void (await Promise.all(scalers.map(look))), within);

    // Neither begins on a queue that the other's consumers have worked on.
    await each(({ decisions }) => expect(decisions().at(-1)).toBe('0 -> 0 LatchHeldClosed'));
    await publishJobs(broker.amqpUrl, 300);
    await each(({ decisions }) => expect(decisions()).toContain('0 -> 3 BacklogReachedMark'));
    await broker.kill9();
    await each(({ decisions }) => expect(decisions().at(-1)).toBe('3 -> 3 ReadingMissing'));
    for (const { lines } of scalers)
      expect(lines).toContainEqual(expect.objectContaining({ msg: 'reading failed', cause: 'unreachable' }));
    const failures = /sluice_scaler_reading_failures_total\{workload="jobs",cause="unreachable"\} (\d+)/;
    await each(async ({ registry }) =>
      expect(Number(failures.exec(await registry.metrics())?.[1])).toBeGreaterThan(1),
    );
    await broker.restart();
    await each(({ decisions }) => expect(decisions()).toContain('3 -> 0 BacklogDrained'));
    const early = /-> 0 (?!LatchHeld|ReadingMissing|BacklogDrained)/;
    for (const { decisions } of scalers) expect(decisions().filter((line) => early.test(line))).toEqual([]);
  });
});
