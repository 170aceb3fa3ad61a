import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '@sluice/runtime';
import { AddressGuard } from '../addresses.ts';
import { environment, settingsOf } from '../config.ts';
import { Exporter } from '../exporter.ts';
import { type Mappings, type Module, readMappings } from '../mapping.ts';
import { exporterMetrics } from '../metrics.ts';
import { prober } from '../probe.ts';
import { serveExporter } from '../server.ts';

export const shippedDirectory = join(import.meta.dirname, '..', 'mappings');

/** The mappings of files `NAME.yaml`, which have no faults. */
export function mappingsFrom(files: Readonly<Record<string, string>>): Mappings {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mappings-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, `${name}.yaml`), text);
  return withoutFaults(directory);
}

export const moduleFrom = (text: string): Module => known(mappingsFrom({ one: text }), 'one');

export const shipped = (name: string): Module => known(withoutFaults(shippedDirectory), name);

function known({ modules }: Mappings, name: string): Module {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`no module '${name}'`);
  return module;
}

function withoutFaults(directory: string): Mappings {
  const faults: string[] = [];
  const mappings = readMappings(directory, faults);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return mappings;
}

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

/** Lets requests reach this host, as tests must. */
export const loopback = new AddressGuard([
  { address: '127.0.0.0', prefix: 8 },
  { address: '::1', prefix: 128 },
]);

export interface Source {
  readonly port: number;
  readonly origin: string;
  readonly requests: IncomingMessage[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A real HTTP server on loopback for one test. */
export async function serve(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<Source> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { port, origin: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close };
}

/** Answers with JSON, which may change from request to request. */
export const serveJson = (body: () => unknown): Promise<Source> =>
  serve((response) => void response.end(JSON.stringify(body())));
