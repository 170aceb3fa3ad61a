import { latch } from '@sluice/policy';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { declareQueue, managementSource, metricsSource, publishJobs, runScaler } from './scaler-harness.ts';

const policy = latch({ replicas: 3, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 2 } });
const within = { timeout: patient(40) * 1000, interval: 50 };

describe('a broker that dies while its queue is drained', () => {
  let broker: LocalBroker;
  beforeAll(async () => {
    broker = await startRabbitMQ({ collectStatisticsMs: 200 });
    await declareQueue(broker.amqpUrl);
    // Mnesia writes its log with a delay of seconds: a queue that is younger is gone after a SIGKILL.
    await broker.evaluate('mnesia:dump_log()');
  });
  afterAll(() => broker.stop());

  it.each([
    ['management', managementSource],
    ['detailed-metrics', metricsSource],
  ] as const)('freezes the count, is counted, and drained when it is back (%s)', async (_, sourceOf) => {
    await publishJobs(broker.amqpUrl, 120);
    const source = sourceOf(broker, '/');
    await using scaler = await runScaler({ source, policy, amqpUrl: broker.amqpUrl, workMs: 50 });
    await vi.waitFor(() => expect(scaler.decisions()).toContain('0 -> 3 BacklogReachedMark'), within);
    await broker.kill9();
    await vi.waitFor(() => expect(scaler.decisions().at(-1)).toBe('3 -> 3 ReadingMissing'), within);
    expect(scaler.lines).toContainEqual(
      expect.objectContaining({ msg: 'reading failed', cause: 'unreachable' }),
    );
    const failures = /sluice_scaler_reading_failures_total\{workload="jobs",cause="unreachable"\} (\d+)/;
    await vi.waitFor(async () => {
      expect(Number(failures.exec(await scaler.registry.metrics())?.[1])).toBeGreaterThan(1);
    }, within);
    await broker.restart();
    await vi.waitFor(() => expect(scaler.decisions()).toContain('3 -> 0 BacklogDrained'), within);
    expect(
      scaler.decisions().filter((line) => /-> 0 (?!LatchHeld|ReadingMissing|BacklogDrained)/.test(line)),
    ).toEqual([]);
  });
});
