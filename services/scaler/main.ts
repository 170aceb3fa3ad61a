import { once } from 'node:events';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parseEnvironment, type Settings } from './config.ts';
import { serveHttp } from './http.ts';
import { startScaler } from './start.ts';

async function run(settings: Settings, log: Logger): Promise<void> {
  const { config, lease, instance, http } = settings;
  const signalled = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = await serveHttp({ registry, ...http });
  const running = await startScaler({
    config,
    instance,
    log,
    registry,
    ...(lease !== undefined && { lease }),
  });
  log.info(
    { workloads: config.workloads.length, pollSeconds: config.pollSeconds, address: server.address() },
    'started',
  );
  await signalled;
  await running.stop();
  server.close();
  server.closeAllConnections();
  log.info('stopped');
}

const parsed = parseEnvironment({ POD_NAME: hostname(), ...process.env });
if ('faults' in parsed) {
  pino().fatal({ faults: parsed.faults }, 'invalid configuration');
  process.exitCode = 2;
} else {
  const log = pino({ level: parsed.settings.logLevel, base: { service: 'scaler' } });
  try {
    await run(parsed.settings, log);
  } catch (error) {
    log.fatal({ err: error }, 'failed');
    process.exitCode = 1;
  }
}
