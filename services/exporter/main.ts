import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runMain } from '@sluice/runtime';
import { environment, settingsOf } from './config.ts';
import { Exporter } from './exporter.ts';
import { exporterMetrics } from './metrics.ts';
import { prober } from './probe.ts';
import { serveExporter } from './server.ts';

// V8 would rather let the heap grow to three times what is in it than collect: a hundred thousand series would
// take 320 MB instead of 120.
setFlagsFromString('--optimize-for-size');

await runMain({
  service: 'exporter',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, registry, stop }) => {
    const settings = settingsOf(config);
    const metrics = exporterMetrics(registry);
    const exporter = new Exporter({ config, settings, metrics, log, environment: process.env });
    const { HTTP_HOST: host, HTTP_PORT } = config;
    const server = await serveExporter({
      ...{ host, port: HTTP_PORT, registry, expose: () => exporter.expose() },
      probe: prober({
        ...{ exporter, metrics, timeoutSeconds: config.TIMEOUT_SECONDS, maxProbes: config.MAX_PROBES },
      }),
      ready: () => (stop.signal.aborted ? 'stopping' : undefined),
    });
    stop.onStop('http', () => server.close());
    stop.onStop('targets', exporter.start());
    log.info({ host, port: server.port }, 'listening');
    log.info({ targets: settings.file.targets.length, intervalSeconds: config.INTERVAL_SECONDS }, 'started');
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    return 0;
  },
});
