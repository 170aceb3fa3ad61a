import { afterAll, beforeAll, expect, it } from 'vitest';
import { workQueue } from '../../charts/queue-topology.ts';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { JobHarness } from '../support/job-harness.ts';

// Of its own: it is down when the services start.
let broker: LocalBroker;
let harness: JobHarness;
beforeAll(async () => {
  broker = await startRabbitMQ();
  harness = await JobHarness.open(broker);
});
afterAll(async () => {
  await harness?.close();
  await broker?.stop();
});

it('services that start before their broker wait for it, and the queue is declared and worked on', async () => {
  await harness.vhost.api('DELETE', `vhosts/${harness.vhost.name}`);
  await harness.vhost.api('PUT', `vhosts/${harness.vhost.name}`);
  await broker.kill9();
  const publisher = harness.startPublisher({ JOBS: '50', RUN_ID: 'run', DEADLINE_SECONDS: '90' });
  const consumer = harness.startConsumer();
  const topology = harness.topology(
    workQueue({ queue: 'jobs', retrySeconds: 1, vhost: harness.vhost.name, passwordFiles: {} }),
  );
  await harness.untilSaid('waiting for the broker');
  await harness.untilSaid('connection lost', 2);
  await broker.restart();
  expect(await topology).toBe(0);
  expect(harness.of('topology declared').at(-1)).toMatchObject({ changed: [], unchanged: 1 });
  expect(await publisher.ended).toBe(0);
  await harness.untilSaid('job processed', 50, 60);
  consumer.child.kill('SIGTERM');
  expect(await consumer.ended).toBe(0);
});
