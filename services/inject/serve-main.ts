import { messageOf, runMain, serveUntilStopped, withTimeout } from '@sluice/runtime';
import { connectRedis, DurabilityError, requireDurability } from '@sluice/runtime/redis';
import { Acceptor } from './accept.ts';
import { createApp } from './app.ts';
import { environment } from './config.ts';
import { injectMetrics } from './metrics.ts';

/** How long the first answer of Redis is waited for, milliseconds; then the process ends and is started again. */
const START_MS = 30_000;

await runMain({
  service: 'inject',
  schema: environment,
  stopSeconds: (config) => config.DRAIN_DELAY_SECONDS + config.STOP_DEADLINE_SECONDS,
  run: async ({ config, log, registry, stop }) => {
    const redis = connectRedis(config, log);
    stop.onStop('redis', () => redis.disconnect());
    let missing: string | undefined = 'redis not checked';
    const check = async (): Promise<void> => {
      try {
        await requireDurability(redis, config.REDIS_FSYNC);
        missing = undefined;
      } catch (error) {
        missing = messageOf(error);
        log.error({ faults: error instanceof DurabilityError ? error.faults : [missing] }, 'redis refused');
        if (error instanceof DurabilityError) throw error;
      }
    };
    await withTimeout(check(), START_MS, 'checking Redis');
    // Another server may answer at the same address: each connection is checked.
    redis.on('close', () => {
      missing = 'redis not connected';
    });
    redis.on('ready', () => void check().catch(() => {}));
    const acceptor = new Acceptor({ redis, keySeconds: config.KEY_SECONDS });
    const app = createApp({
      ...{ acceptor, registry, metrics: injectMetrics(registry) },
      maxBodyBytes: config.MAX_BODY_BYTES,
      acceptMs: config.ACCEPT_SECONDS * 1000,
      requestMs: config.REQUEST_TIMEOUT_SECONDS * 1000,
      ready: () => (stop.signal.aborted ? 'stopping' : missing),
      failed: (error) => {
        log.error({ err: error }, 'request failed');
      },
    });
    await serveUntilStopped(app, { config, log, stop });
    await acceptor.close();
    return 0;
  },
});
