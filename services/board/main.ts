import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { runMain } from '@sluice/runtime';
import { environment, settingsOf } from './config.ts';
import { boardMetrics } from './metrics.ts';
import { BoardModel } from './model/board.ts';
import { Watch } from './model/watch.ts';
import { createBoard } from './server/app.ts';
import { Streams } from './server/streams.ts';
import { LogFile } from './sources/log-file.ts';
import { scalerSource } from './sources/scaler.ts';

const STOP_SECONDS = 10;

await runMain({
  service: 'board',
  schema: environment,
  stopSeconds: () => STOP_SECONDS,
  run: async ({ config, log, registry, stop }) => {
    const { policies, prefix, access } = settingsOf(config);
    const metrics = boardMetrics(registry);
    const model = new BoardModel(policies);
    const streams = new Streams({ limit: config.MAX_STREAMS });
    const watch = new Watch({
      model,
      readings: scalerSource(config.SCALER_URL),
      ...(config.LOG_FILE !== undefined && { lines: new LogFile(config.LOG_FILE) }),
      pollMs: config.POLL_SECONDS * 1000,
      changed: () => streams.update(),
      failed: () => metrics.sourceFailed(),
      reported: (failure) => {
        if (failure === undefined) log.info('sources answer');
        else log.warn({ error: failure }, 'source failed');
      },
    });
    const app = await createBoard({
      ...{ prefix, access, streams, registry, metrics },
      timeZone: config.TIME_ZONE,
      requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
      state: () => model.state(Date.now()),
      ready: () => (stop.signal.aborted ? 'stopping' : undefined),
      failed: (error) => {
        log.error({ err: error }, 'page failed');
      },
      policyReported: (report) => {
        log.warn({ report }, 'content security policy reported');
      },
    });
    await app.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
    const { port } = app.server.address() as AddressInfo;
    log.info({ host: config.HTTP_HOST, port }, 'listening');
    watch.start();
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await watch.stop();
    streams.close();
    await app.close();
    return 0;
  },
});
