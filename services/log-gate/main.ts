import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMain, serveRoutes } from '@sluice/runtime';
import { environment } from './config.ts';
import { KnownLines } from './doubles.ts';
import { Gate } from './gate.ts';
import { gateMetrics } from './metrics.ts';
import { PushRoute } from './server.ts';
import { PUSH_PATH, VictoriaLogsStore } from './store.ts';

/** VictoriaLogs keeps what it says of itself for so long. */
const OLDEST_STATE_MS = 1000;

/** Some 40 MB. */
const MOST_KNOWN_LINES = 400_000;

await runMain({
  service: 'log-gate',
  schema: environment,
  // Two rounds: the one that runs, and that of what waits.
  stopSeconds: ({ WRITE_SECONDS }) => 2 * WRITE_SECONDS + 5,
  run: async ({ config, log, registry, stop }) => {
    const metrics = gateMetrics(registry, {
      heldBytes: () => pushes.heldBytes,
      unwrittenLines: () => gate.unwrittenLines,
      oldestPushSeconds: () => gate.oldestPushSeconds,
    });
    const store = new VictoriaLogsStore(new URL(config.STORE_URL).origin);
    const doubles = new KnownLines({
      find: (wanted, timeoutMs) => store.find(wanted, timeoutMs),
      maxLines: MOST_KNOWN_LINES,
      onDropped: metrics.dropped,
    });
    const gate = new Gate({
      ...{ store, doubles },
      settleMs: Math.max(OLDEST_STATE_MS, 2000 * config.FLUSH_SECONDS) + 500,
      writeMs: 1000 * config.WRITE_SECONDS,
      now: () => performance.now(),
      sleep: (ms) => sleep(ms),
      reports: {
        ...metrics,
        failed: (count, reason) => {
          log.warn({ pushes: count, reason }, 'pushes not acknowledged');
        },
      },
    });
    const pushes = new PushRoute({
      pass: (push) => gate.pass(push),
      maxHeldBytes: config.MAX_HELD_BYTES,
      onFull: () => metrics.answered('full', 0),
    });
    const { HTTP_HOST: host, HTTP_PORT } = config;
    const ready = () => (stop.signal.aborted ? 'stopping' : undefined);
    const server = await serveRoutes({ host, port: HTTP_PORT }, [ready], {
      [PUSH_PATH]: pushes.route,
      '/metrics': async (response) => {
        const body = await registry.metrics();
        response.setHeader('content-type', registry.contentType).end(body);
      },
    });
    stop.onStop('http', () => server.close());
    log.info({ host, port: server.port }, 'listening');
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await gate.idle();
    return 0;
  },
});
