import { setMaxListeners } from 'node:events';
import { type Logger, messageOf, runMain } from '@sluice/runtime';
import { connectionMetrics, connectOptions, runSessions } from '@sluice/runtime/amqp';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { addressesOf, environment } from './config.ts';
import { Consumption, consume } from './consumption.ts';
import { Fates, LargeBodies } from './fates.ts';
import { type Dependencies, loadHandler, missingOf, simulatedWork } from './handler.ts';
import { type ConsumerMetrics, consumerMetrics, holdMetrics, jobMetrics } from './metrics.ts';
import { PublishingConnection } from './publishing.ts';
import { Republisher } from './republisher.ts';
import { Worker } from './worker.ts';

await runMain({
  service: 'consumer',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async ({ config, log, registry, stop, serve }) => {
    const handle = config.HANDLER
      ? await loadHandler(config.HANDLER)
      : simulatedWork(config.WORK_DISTRIBUTION, config.WORK_SECONDS);
    const { QUEUE: queue, PREFETCH: prefetch, MAX_ATTEMPTS: maxAttempts } = config;
    const { signal } = stop;
    // One listener for each message in flight.
    setMaxListeners(0, signal);
    const connections = connectionMetrics(registry);
    const target = () => connectOptions(config);
    const publishing = new PublishingConnection({
      ...{ target, metrics: connections, log: log.child({ connection: 'publishing' }) },
    });
    const addresses = addressesOf(config);
    const holds = holdMetrics(registry);
    const worker = new Worker({
      ...{ queue, handle, log, maxBodyBytes: config.MAX_BODY_BYTES, metrics: jobMetrics(registry) },
      fates: new Fates({ maxAttempts, ...addresses }),
      republisher: new Republisher({ publishing, log, stop: signal, metrics: holds }),
    });
    const metrics = consumerMetrics(registry);
    const consumption = new Consumption({
      ...{ queue, limitSeconds: config.IDLE_LIMIT_SECONDS, metrics, stop: signal },
    });
    await serve(consumption.ready, consumption.live);
    const kept = ({ properties }: ConsumeMessage, bytes: number): (() => void) => {
      log.error({ jobId: String(properties.messageId ?? ''), bytes }, 'job too large to be parked');
      holds.held(1);
      return () => holds.held(-1);
    };
    const { exchange } = addresses.work;
    const queues = [addresses.retry.routingKey, addresses.parking.routingKey];
    const consuming = (yes: boolean) => consumption.set(yes);
    await runSessions({
      // Only what publishes is blocked.
      ...{ log, target, metrics: { ...connections, blocked: () => {} }, signal },
      session: (connection) => {
        void reportMissing(connection, { exchange, queues }, metrics, log);
        const bodies = new LargeBodies(config.MAX_BODY_BYTES);
        return consume(connection, { queue, prefetch, worker, consuming, signal, bodies, kept });
      },
    });
    await publishing.close();
    return 0;
  },
});

/** Says what will be needed and is not there; good jobs are done all the same. */
async function reportMissing(
  connection: ChannelModel,
  dependencies: Dependencies,
  metrics: Pick<ConsumerMetrics, 'missing'>,
  log: Pick<Logger, 'error' | 'warn'>,
): Promise<void> {
  try {
    const missing = await missingOf(connection, dependencies);
    metrics.missing(missing.length);
    if (missing.length > 0) log.error({ missing }, 'retry and parking not possible');
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'retry and parking not checked');
  }
}
