import { type Backlog, latch, type Source } from '@sluice/policy';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { openSources } from '../../services/scaler/sources/open-sources.ts';
import { freshVhost, type Vhost } from '../support/vhost.ts';
import {
  declareQueue,
  managementSource,
  metricsSource,
  publishJobs,
  runScaler,
  scalerFile,
} from './scaler-harness.ts';

const broker = inject('broker');
const policy = latch({ replicas: 4, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 2 } });
const within = { timeout: patient(30) * 1000, interval: 50 };

describe('the scaler on a real broker', () => {
  let vhost: Vhost;
  beforeEach(async () => {
    vhost = await freshVhost(broker);
    await declareQueue(vhost.amqpUrl);
  });
  afterEach(() => vhost.remove());

  const sources = () => ({
    management: managementSource(broker, vhost.name),
    'detailed-metrics': metricsSource(broker, vhost.name),
  });

  const readOnce = async (source: Source): Promise<Backlog | undefined> => {
    const file = scalerFile({ source, policy, amqpUrl: vhost.amqpUrl, workMs: 1 });
    const opened = openSources(file, { pollMs: 1000, timeoutMs: 800 });
    return opened.get('jobs')?.read(new AbortController().signal);
  };

  it.each(['management', 'detailed-metrics'] as const)(
    'goes 0 -> N -> 0 for exactly 100 jobs, seen through %s',
    async (kind) => {
      const slow = latch({ replicas: 4, startWhen: { readyAtLeast: 100 } });
      await using scaler = await runScaler({
        source: sources()[kind],
        policy: slow,
        amqpUrl: vhost.amqpUrl,
        workMs: 10,
      });
      // A queue that was just declared has no counts yet: that is a missing reading, not an empty queue.
      await vi.waitFor(() => expect(scaler.decisions().at(-1)).toBe('0 -> 0 LatchHeldClosed'), within);
      await publishJobs(vhost.amqpUrl, 100);
      await vi.waitFor(() => expect(scaler.decisions()).toContain('4 -> 0 BacklogDrained'), within);
      const changes = scaler.decisions().filter((line) => !/Held|Missing/.test(line));
      // A broker that is busy confirms the drain at a later look.
      expect(changes.filter((line, index) => line !== changes[index - 1])).toEqual([
        '0 -> 4 BacklogReachedMark',
        '4 -> 4 DrainUnconfirmed',
        '4 -> 0 BacklogDrained',
      ]);
      expect(await readOnce(sources()[kind])).toMatchObject({ ready: 0, unacked: 0 });
    },
  );

  it('serves a residue below the mark when it has waited, by the age that the broker reports', async () => {
    await publishJobs(vhost.amqpUrl, 7);
    const source = managementSource(broker, vhost.name);
    // RabbitMQ reports the head message's timestamp with its slow statistics, up to 5 s late.
    await vi.waitFor(async () => expect(await readOnce(source)).toHaveProperty('oldestWaitSeconds'), within);
    await using scaler = await runScaler({ source, policy, amqpUrl: vhost.amqpUrl, workMs: 10 });
    await vi.waitFor(() => expect(scaler.decisions()).toContain('4 -> 0 BacklogDrained'), within);
    expect(scaler.decisions()).toContain('0 -> 4 OldestWaitExceeded');
    const opened = scaler.lines.find(({ reason }) => reason === 'OldestWaitExceeded');
    expect(opened).toMatchObject({ ready: 7, message: expect.stringContaining('as the broker says') });
  });

  it('serves a residue of messages without a timestamp by its own first sight of them', async () => {
    await publishJobs(vhost.amqpUrl, 7, 0);
    const source = metricsSource(broker, vhost.name);
    await using scaler = await runScaler({ source, policy, amqpUrl: vhost.amqpUrl, workMs: 10 });
    await vi.waitFor(() => expect(scaler.decisions()).toContain('4 -> 0 BacklogDrained'), within);
    const opened = scaler.lines.find(({ reason }) => reason === 'OldestWaitExceeded');
    expect(opened).toMatchObject({ ready: 7, message: expect.stringContaining('since first sight') });
  });

  it.each([
    ['in milliseconds', (now: number) => now],
    ['ten minutes ahead', (now: number) => Math.floor(now / 1000) + 600],
  ])('serves a residue whose timestamps are %s no later than its first sight allows', async (_, stamp) => {
    await publishJobs(vhost.amqpUrl, 7, stamp(Date.now()));
    await vi.waitFor(async () => {
      const queue = (await (await vhost.api('GET', `queues/${vhost.name}/jobs`)).json()) as object;
      expect(queue).toHaveProperty('head_message_timestamp', expect.any(Number));
    }, within);
    const source = managementSource(broker, vhost.name);
    await using scaler = await runScaler({ source, policy, amqpUrl: vhost.amqpUrl, workMs: 10 });
    await vi.waitFor(() => expect(scaler.decisions()).toContain('4 -> 0 BacklogDrained'), within);
    expect(scaler.decisions()).toContain('0 -> 4 OldestWaitExceeded');
  });

  it('reads the same from both sources', async () => {
    await publishJobs(vhost.amqpUrl, 42);
    await vi.waitFor(async () => {
      const told = { ready: 42, unacked: 0 };
      expect(await readOnce(sources().management)).toMatchObject(told);
      expect(await readOnce(sources()['detailed-metrics'])).toMatchObject(told);
    }, within);
  });

  it('goes on in mid-drain after a restart', async () => {
    const options = {
      source: metricsSource(broker, vhost.name),
      policy,
      amqpUrl: vhost.amqpUrl,
      workMs: 40,
    };
    await publishJobs(vhost.amqpUrl, 150);
    {
      await using first = await runScaler(options);
      await vi.waitFor(() => expect(first.decisions()).toContain('0 -> 4 BacklogReachedMark'), within);
    }
    // Its processes ended with it, each after the job in flight: what it held goes on, nothing is done twice.
    await vi.waitFor(
      async () => expect(await readOnce(options.source)).toMatchObject({ unacked: 0 }),
      within,
    );
    await using second = await runScaler(options);
    await vi.waitFor(() => expect(second.decisions()).toContain('4 -> 0 BacklogDrained'), within);
    expect(await readOnce(options.source)).toMatchObject({ ready: 0, unacked: 0 });
  });

  it('waits for a queue that does not exist yet, and counts it', async () => {
    const source = managementSource(broker, vhost.name, 'later');
    await using scaler = await runScaler({ source, policy, amqpUrl: vhost.amqpUrl, workMs: 1 });
    await vi.waitFor(() => expect(scaler.decisions()).toEqual(['0 -> 0 ReadingMissing']), within);
    expect(await scaler.registry.metrics()).toMatch(
      /sluice_scaler_reading_failures_total\{workload="jobs",cause="queue-missing"\} \d/,
    );
  });
});
