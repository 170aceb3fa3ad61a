import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { ConfigError, parseConfig } from './config.ts';
import { withTimeout } from './errors.ts';
import { type HealthCheck, serveHttp } from './http.ts';
import { createLogger, type Logger } from './log.ts';
import { createRegistry, type Registry } from './metrics.ts';

type Hook = () => Promise<void> | void;

/** A process that has done its work ends, whatever a hook waits for. */
export const HOOK_TIMEOUT_MS = 5000;

/** What ends a process in order: a signal begins it, hooks run one after the other, a deadline bounds it. */
export class GracefulStop {
  readonly #beginning = new AbortController();
  readonly #hooks: { readonly name: string; readonly hook: Hook }[] = [];
  readonly #log: Pick<Logger, 'info' | 'error'>;

  constructor(log: Pick<Logger, 'info' | 'error'>) {
    this.#log = log;
  }

  /** Aborted when the process was asked to end. */
  get signal(): AbortSignal {
    return this.#beginning.signal;
  }

  /** Aborted when the process was asked to end, or when so many seconds are over. */
  within(seconds: number): AbortSignal {
    return AbortSignal.any([this.signal, AbortSignal.timeout(seconds * 1000)]);
  }

  begin(reason: string): void {
    if (this.signal.aborted) return;
    this.#log.info({ reason }, 'stopping');
    this.#beginning.abort(reason);
  }

  /** Hooks run in the order they were given, each after the one before. */
  onStop(name: string, hook: Hook): void {
    this.#hooks.push({ name, hook });
  }

  /** @returns false when a hook failed or did not end within 5 s; the others run all the same. */
  async runHooks(): Promise<boolean> {
    let clean = true;
    for (const { name, hook } of this.#hooks.splice(0)) {
      try {
        await withTimeout(async () => hook(), HOOK_TIMEOUT_MS, `stop hook '${name}'`);
      } catch (error) {
        clean = false;
        this.#log.error({ hook: name, err: error }, 'stop hook failed');
      }
    }
    return clean;
  }
}

interface ServiceConfig {
  readonly LOG_LEVEL: string;
  readonly HTTP_HOST: string;
  readonly HTTP_PORT: number;
}

/** What a service is given to run with. */
export interface ServiceContext<C> {
  readonly config: C;
  readonly log: Logger;
  readonly registry: Registry;
  readonly stop: GracefulStop;
  /**
   * Starts the service's HTTP server, which closes when the service stops.
   * @param ready must pass for /readyz. @param live must pass for /livez
   */
  serve(ready?: HealthCheck, live?: HealthCheck): Promise<void>;
}

/** A service: its configuration, and what it runs. */
export interface ServiceMain<S extends z.ZodRawShape> {
  readonly service: string;
  readonly schema: z.ZodObject<S>;
  /** How long the service may take to end after a signal, seconds. */
  readonly stopSeconds: (config: z.output<z.ZodObject<S>>) => number;
  /** The whole service. @returns the exit code; a ConfigError that it throws ends with 2, any other with 1 */
  readonly run: (context: ServiceContext<z.output<z.ZodObject<S>>>) => Promise<number>;
}

/**
 * Runs a service as the process: configuration from the environment, SIGTERM, SIGINT and SIGHUP stop it in order,
 * and it ends with 0 (done as asked), 1 (failed, or not stopped within its deadline) or 2 (configuration).
 */
export async function runMain<S extends z.ZodRawShape>(main: ServiceMain<S>): Promise<void> {
  const { service, schema } = main;
  try {
    process.exit(await runConfigured(main, parseConfig(schema, process.env)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    createLogger(service, 'info').fatal({ faults: error.faults }, 'invalid configuration');
    process.exit(2);
  }
}

async function runConfigured<S extends z.ZodRawShape>(
  { service, stopSeconds, run }: ServiceMain<S>,
  config: z.output<z.ZodObject<S>>,
): Promise<number> {
  const { LOG_LEVEL, HTTP_HOST: host, HTTP_PORT: port } = config as unknown as ServiceConfig;
  // What is wrong with the configuration is said before anything else.
  const deadline = stopSeconds(config);
  const log = createLogger(service, LOG_LEVEL);
  log.info(startUp(), 'starting');
  const registry = createRegistry(service);
  const stop = new GracefulStop(log);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.begin(signal));
  const serve = async (ready?: HealthCheck, live?: HealthCheck): Promise<void> => {
    const checks = { ready: ready ? [ready] : [], live: live ? [live] : [] };
    const server = await serveHttp({ registry, host, port, ...checks });
    stop.onStop('http', () => server.close());
    log.info({ host, port: server.port }, 'listening');
  };
  const work = runToEnd(() => run({ config, log, registry, stop, serve }), stop, log);
  return Promise.race([work, overdue(stop, deadline, log)]);
}

/** What the process took until here, milliseconds: Node itself, and the service's modules. */
function startUp(): { runtimeMs: number; modulesMs: number } {
  const runtimeMs = Math.round(performance.nodeTiming.bootstrapComplete);
  return { runtimeMs, modulesMs: Math.round(performance.now()) - runtimeMs };
}

async function runToEnd(run: () => Promise<number>, stop: GracefulStop, log: Logger): Promise<number> {
  let code = 1;
  try {
    code = await run();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    log.fatal({ err: error }, 'failed');
  }
  const clean = await stop.runHooks();
  return clean ? code : Math.max(code, 1);
}

/** Resolves to 1 when the stop has lasted longer than it may. */
function overdue(stop: GracefulStop, seconds: number, log: Logger): Promise<number> {
  return new Promise((resolve) => {
    const giveUp = () => {
      log.fatal({ seconds }, 'not stopped within the deadline');
      resolve(1);
    };
    stop.signal.addEventListener('abort', () => setTimeout(giveUp, seconds * 1000).unref());
  });
}

/** An application that listens by itself: what of Fastify is used. */
interface Listening {
  readonly server: { address(): unknown };
  listen(options: { readonly host: string; readonly port: number }): Promise<unknown>;
  close(): Promise<unknown>;
}

/**
 * Serves until the service is to stop, and after that until nothing routes to it any more; what is in flight is
 * answered before it resolves.
 * @throws Error when the address is taken
 */
export async function serveUntilStopped(
  app: Listening,
  {
    config: { HTTP_HOST: host, HTTP_PORT, DRAIN_DELAY_SECONDS },
    log,
    stop: { signal },
  }: Pick<
    ServiceContext<ServiceConfig & { readonly DRAIN_DELAY_SECONDS: number }>,
    'config' | 'log' | 'stop'
  >,
): Promise<void> {
  await app.listen({ host, port: HTTP_PORT });
  const { port } = app.server.address() as AddressInfo;
  log.info({ host, port }, 'listening');
  if (!signal.aborted) await once(signal, 'abort');
  await sleep(DRAIN_DELAY_SECONDS * 1000);
  await app.close();
}
