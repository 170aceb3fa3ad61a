import { runMain } from '@sluice/runtime';
import { connectionMetrics, connectOptions, runSessions } from '@sluice/runtime/amqp';
import { environment } from './config.ts';
import { consume } from './consume.ts';
import { loadHandler } from './handler.ts';
import { jobMetrics } from './metrics.ts';
import { simulatedWork } from './simulated-work.ts';
import { Worker } from './worker.ts';

await runMain({
  service: 'consumer',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async ({ config, log, registry, stop, serve }) => {
    const handle = config.HANDLER
      ? await loadHandler(config.HANDLER)
      : simulatedWork(config.WORK_DISTRIBUTION, config.WORK_SECONDS);
    const queue = config.QUEUE;
    const worker = new Worker({
      ...{ queue, handle, log, maxAttempts: config.MAX_ATTEMPTS },
      metrics: jobMetrics(registry),
    });
    let ready = false;
    const consuming = (yes: boolean) => {
      ready = yes;
    };
    await serve(() => (ready ? undefined : `not consuming '${queue}'`));
    const parking = { exchange: config.EXCHANGE, routingKey: config.PARKING_ROUTING_KEY };
    await runSessions({
      ...{
        log,
        target: () => connectOptions(config),
        metrics: connectionMetrics(registry),
        signal: stop.signal,
      },
      session: (connection) =>
        consume(connection, {
          ...{ queue, parking, worker, consuming, prefetch: config.PREFETCH, signal: stop.signal },
        }),
    });
    return 0;
  },
});
