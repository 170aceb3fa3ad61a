import { runMain } from '@sluice/runtime';
import { connectionMetrics, connectOptions, runSessions } from '@sluice/runtime/amqp';
import { environment } from './config.ts';
import { registerMetrics } from './metrics.ts';
import { Progress } from './progress.ts';
import { publish, whyFailed } from './publish.ts';

await runMain({
  service: 'publisher',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, registry, stop, serve }) => {
    const { RUN_ID: runId, JOBS: jobs, EXCHANGE: exchange, ROUTING_KEY: routingKey } = config;
    const startedAt = performance.now();
    const progress = new Progress(jobs);
    registerMetrics(registry, progress);
    const deadline = AbortSignal.timeout(config.DEADLINE_SECONDS * 1000);
    const signal = AbortSignal.any([stop.signal, deadline]);
    await serve();
    const onRefused = (refused: number): void => {
      log.warn({ refused }, 'jobs refused');
    };
    const metrics = connectionMetrics(registry);
    let lost: unknown;
    const remember = (error: unknown) => {
      lost = error;
      metrics.lost(error);
    };
    const failure = await runSessions({
      ...{ log, signal, deadline, target: () => connectOptions(config) },
      metrics: { ...metrics, lost: remember },
      // The work ends with the signal; this bounds what should not be there.
      graceMs: 1000,
      session: (connection) =>
        publish(connection, {
          ...{ runId, progress, signal },
          ...{ exchange, routingKey, window: config.WINDOW },
          onRefused,
        }),
    }).then(
      () => undefined,
      (error: Error) => error,
    );
    const { confirmed, returned } = progress;
    const seconds = (performance.now() - startedAt) / 1000;
    const facts = { runId, jobs, confirmed, returned, seconds };
    if (confirmed === jobs) {
      log.info(facts, 'run confirmed');
      return 0;
    }
    const error = whyFailed({ exchange, routingKey, returned, failure, lost, signal });
    log.error({ ...facts, error }, 'run failed');
    return 1;
  },
});
