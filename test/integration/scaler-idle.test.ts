import { latch } from '@sluice/policy';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { startBroker } from '../support/shared-broker.ts';
import { declareQueue, managementSource, publishJobs, runScaler } from './scaler-harness.ts';

// A broker of its own, which renews its statistics once a minute: what is known sooner was asked for.
let broker: LocalBroker;
beforeAll(async () => {
  broker = await startBroker({ collectStatisticsMs: 60_000 });
});
afterAll(() => broker?.stop());

const within = { timeout: patient(20) * 1000, interval: 20 };

it('a workload at 0 opens within a fraction of the poll, on counts newer than the statistics', async () => {
  await declareQueue(broker.amqpUrl);
  await using scaler = await runScaler({
    source: managementSource(broker, '/'),
    policy: latch({ replicas: 2, startWhen: { readyAtLeast: 100 }, staleAfterSeconds: 120 }),
    amqpUrl: broker.amqpUrl,
    workMs: 10,
    pollSeconds: 60,
    idlePollSeconds: 0.5,
  });
  await vi.waitFor(() => expect(scaler.decisions()).toContain('0 -> 0 LatchHeldClosed'), within);
  // Below the mark first, so that the queue is awake and its next statistics are a minute away.
  await publishJobs(broker.amqpUrl, 60);
  await publishJobs(broker.amqpUrl, 40);
  const crossed = Date.now();
  await vi.waitFor(() => expect(scaler.decisions()).toContain('0 -> 2 BacklogReachedMark'), within);
  // Half a second, and what a busy machine adds; the ordinary poll may be a minute away.
  expect(Date.now() - crossed).toBeLessThan(5000);
});

it('a passive declare, which any user of the virtual host may do, knows no more than the listing', async () => {
  const connection = await connect(broker.amqpUrl);
  const channel = await connection.createChannel();
  await channel.assertQueue('seen', { durable: true });
  for (let published = 1; published <= 20; published += 1) {
    channel.sendToQueue('seen', Buffer.from('x'));
    const { messageCount } = await channel.checkQueue('seen');
    const listed = await fetch(
      `${broker.managementUrl}/api/queues/%2F?disable_stats=true&enable_queue_totals=true&columns=name,messages_ready`,
      { headers: { authorization: `Basic ${btoa(`${broker.username}:${broker.password}`)}` } },
    );
    const rows = (await listed.json()) as { name: string; messages_ready: number }[];
    expect(rows.find(({ name }) => name === 'seen')?.messages_ready).toBeGreaterThanOrEqual(messageCount);
  }
  await connection.close();
});
