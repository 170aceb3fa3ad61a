import { afterAll, beforeAll, expect, it } from 'vitest';
import { workQueue } from '../../charts/queue-topology.ts';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { JobBed } from '../support/job-bed.ts';

// Of its own: it is down when the services start.
let broker: LocalBroker;
let bed: JobBed;
beforeAll(async () => {
  broker = await startRabbitMQ();
  bed = await JobBed.open(broker);
});
afterAll(async () => {
  await bed?.close();
  await broker?.stop();
});

it('services that start before their broker wait for it, and the queue is declared and worked on', async () => {
  await bed.vhost.api('DELETE', `vhosts/${bed.vhost.name}`);
  await bed.vhost.api('PUT', `vhosts/${bed.vhost.name}`);
  await broker.kill9();
  const publisher = bed.startPublisher({ JOBS: '50', RUN_ID: 'run', DEADLINE_SECONDS: '90' });
  const consumer = bed.startConsumer();
  const topology = bed.topology(
    workQueue({ queue: 'jobs', retrySeconds: 1, vhost: bed.vhost.name, passwordFiles: {} }),
  );
  await bed.untilSaid('waiting for the broker');
  await bed.untilSaid('connection lost', 2);
  await broker.restart();
  expect(await topology).toBe(0);
  expect(bed.of('topology declared').at(-1)).toMatchObject({ changed: [], unchanged: 1 });
  expect(await publisher.ended).toBe(0);
  await bed.untilSaid('job processed', 50, 60);
  consumer.child.kill('SIGTERM');
  expect(await consumer.ended).toBe(0);
}, 120_000);
