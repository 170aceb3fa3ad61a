import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, runMain } from '@sluice/runtime';
import { type BoardConfig, environment, settingsOf } from './config.ts';
import { type BoardMetrics, boardMetrics } from './metrics.ts';
import { BoardModel } from './model/board.ts';
import { Watch, type WatchOptions } from './model/state.ts';
import { createBoard } from './server/app.ts';
import { Streams } from './server/streams.ts';
import { LogFile } from './sources/lines.ts';
import { openSources } from './sources/open.ts';
import { scalerSource } from './sources/scaler.ts';

/** What is said when a source does not answer, or answers again. */
const reporting =
  (log: Logger, { sourceFailed }: BoardMetrics) =>
  (source: string, failure: string | undefined): void => {
    if (failure === undefined) log.info({ source }, 'source answers');
    else {
      sourceFailed();
      log.warn({ source, error: failure }, 'source does not answer');
    }
  };

const reportingReadings =
  (log: Logger) =>
  (failure: string | undefined): void => {
    if (failure === undefined) log.info('sources answer');
    else log.warn({ error: failure }, 'source failed');
  };

/** Reads the workloads, and the lines of a file where one is configured. */
const watchOf = (
  { SCALER_URL, LOG_FILE, POLL_SECONDS }: BoardConfig,
  model: BoardModel,
  told: Pick<WatchOptions, 'changed' | 'failed' | 'reported'>,
): Watch =>
  new Watch({
    ...{ ...told, model, readings: scalerSource(SCALER_URL), pollMs: POLL_SECONDS * 1000 },
    ...(LOG_FILE !== undefined && { lines: new LogFile(LOG_FILE) }),
  });

/** Serves on until nothing routes to it any more, and then closes each connection with its answer. */
async function drained(config: BoardConfig, linger: () => void): Promise<void> {
  await sleep(config.DRAIN_DELAY_SECONDS * 1000);
  linger();
  await sleep(config.LINGER_SECONDS * 1000);
}

await runMain({
  service: 'board',
  schema: environment,
  stopSeconds: (config) => config.DRAIN_DELAY_SECONDS + config.LINGER_SECONDS + config.STOP_DEADLINE_SECONDS,
  run: async ({ config, log, registry, stop }) => {
    const { policies, namespaces, prefix, access, links } = settingsOf(config);
    const metrics = boardMetrics(registry);
    const model = new BoardModel(policies);
    const streams = new Streams({ limit: config.MAX_STREAMS });
    const sources = await openSources(config, {
      ...{ model, namespaces },
      changed: () => streams.update(),
      reported: reporting(log, metrics),
    });
    const watch = watchOf(config, model, {
      changed: () => streams.update(),
      failed: () => metrics.sourceFailed(),
      reported: reportingReadings(log),
    });
    let lingers = false;
    const app = await createBoard({
      ...{ prefix, access, links, streams, registry, metrics, lookups: sources.lookups },
      timeZone: config.TIME_ZONE,
      requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
      state: () => ({
        ...(config.LOG_FILE === undefined && { decisions: 'none' as const }),
        ...{ ...model.state(Date.now()), ...sources.feeds() },
      }),
      closing: () => lingers,
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
    sources.start();
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await drained(config, () => {
      lingers = true;
    });
    await Promise.all([watch.stop(), sources.stop()]);
    streams.close();
    await app.close();
    return 0;
  },
});
