import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { runMain } from '@sluice/runtime';
import { createApi } from './app.ts';
import { type ApiConfig, environment } from './config.ts';
import { httpMetrics } from './metrics.ts';
import { redaction } from './query.ts';
import { BatchedLineWriter, queryLog } from './query-log.ts';
import { drain, eventLoopDelay, Overload } from './request-gate.ts';

const SAMPLE_MS = 250;
const STDOUT = 1;

const gateLimits = (config: ApiConfig) => ({
  urlBytes: config.MAX_URL_BYTES,
  headerBytes: config.MAX_HEADER_BYTES,
  requestSeconds: config.REQUEST_TIMEOUT_SECONDS,
  connectionSeconds: config.CONNECTION_TIMEOUT_SECONDS,
  keepAliveSeconds: config.KEEP_ALIVE_SECONDS,
});

const queryLimits = (config: ApiConfig) => ({
  parameters: config.MAX_LOGGED_PARAMETERS,
  nameLength: config.MAX_LOGGED_NAME_LENGTH,
  valueLength: config.MAX_LOGGED_VALUE_LENGTH,
  redacts: redaction(config.REDACTED_PARAMETERS),
});

await runMain({
  service: 'api',
  schema: environment,
  stopSeconds: (config) => config.DRAIN_DELAY_SECONDS + config.LINGER_SECONDS + config.STOP_DEADLINE_SECONDS,
  run: async ({ config, log, registry, stop }) => {
    const stdout = new BatchedLineWriter({ fd: STDOUT });
    // However the process ends by itself, what was logged is written.
    process.on('exit', () => stdout.flush());
    const overload = new Overload({
      read: eventLoopDelay(),
      maxSeconds: config.MAX_LOOP_DELAY_SECONDS,
      changed: (overloaded, delaySeconds) => {
        if (overloaded) log.warn({ delaySeconds }, 'shedding');
        else log.info({ delaySeconds }, 'not shedding');
      },
    });
    const { server, gate } = await createApi({
      limits: gateLimits(config),
      bodyBytes: config.MAX_BODY_BYTES,
      registry,
      metrics: httpMetrics(registry),
      ready: () => (stop.signal.aborted ? 'stopping' : undefined),
      overloaded: () => overload.overloaded,
      retryAfterSeconds: config.RETRY_AFTER_SECONDS,
      received: queryLog({
        limits: queryLimits(config),
        ...(log.isLevelEnabled('info') && { write: (line: string) => stdout.line(line) }),
      }),
      failed: (error) => {
        log.error({ err: error }, 'request failed');
      },
    });
    server.listen(config.HTTP_PORT, config.HTTP_HOST);
    await once(server, 'listening');
    log.info({ host: config.HTTP_HOST, port: (server.address() as AddressInfo).port }, 'listening');
    stop.onStop('overload', overload.watch(SAMPLE_MS));
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await drain({
      server,
      delaySeconds: config.DRAIN_DELAY_SECONDS,
      lingerSeconds: config.LINGER_SECONDS,
      linger: () => gate.linger(),
      closeIdle: () => {
        server.closeIdleConnections();
        gate.closeUnused();
      },
    });
    return 0;
  },
});
