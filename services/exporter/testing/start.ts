import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '@sluice/runtime';
import { environment, settingsOf } from '../config.ts';
import { Exporter } from '../exporter.ts';
import { exporterMetrics } from '../metrics.ts';
import { prober } from '../probe.ts';
import { serveExporter } from '../server.ts';
import { shippedDirectory } from './modules.ts';

type Line = Readonly<Record<string, unknown>>;

/**
 * The service but its process, with the shipped mappings, on a free port of this machine; its log is kept.
 * @param targets The targets file
 */
export async function start(targets: object, env: Readonly<Record<string, string>> = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-exporter-')), 'targets.yaml');
  writeFileSync(file, JSON.stringify(targets));
  const files = { MAPPINGS_DIRECTORY: shippedDirectory, TARGETS_FILE: file };
  const config = environment.parse({ ...files, INTERVAL_SECONDS: '0.5', TIMEOUT_SECONDS: '0.5', ...env });
  const lines: Line[] = [];
  const keep = (facts: unknown, msg?: string): void => void lines.push({ ...(facts as Line), msg });
  const registry = createRegistry('exporter');
  const metrics = exporterMetrics(registry);
  const log = { info: keep, warn: keep };
  const exporter = new Exporter({ config, settings: settingsOf(config), metrics, log, environment: env });
  const probe = prober({
    exporter,
    metrics,
    timeoutSeconds: config.TIMEOUT_SECONDS,
    maxProbes: config.MAX_PROBES,
  });
  const server = await serveExporter({
    ...{ host: '127.0.0.1', port: 0, registry, probe, ready: () => undefined },
    expose: () => exporter.expose(),
  });
  const stop = exporter.start();
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  return {
    lines,
    get,
    /** Lines of /metrics that are no comment and match. */
    metrics: async (pattern: RegExp): Promise<string[]> =>
      (await (await get('/metrics')).text())
        .split('\n')
        .filter((line) => !line.startsWith('#') && pattern.test(line)),
    probe: (target: string, module?: string, headers?: Readonly<Record<string, string>>): Promise<Response> =>
      get(`/probe?${new URLSearchParams({ target, ...(module !== undefined && { module }) })}`, headers),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      stop();
      await server.close();
    },
  };
}
