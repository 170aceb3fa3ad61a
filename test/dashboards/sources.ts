import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { brokerTargets, type MetricsTarget, processTarget } from '../../cli/up/metrics-targets.ts';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { ServiceProcesses } from '../support/service-processes.ts';
import type { LoggedServices } from './logs.ts';

/** What runs beside `npm start`, so that the other dashboards have something to show. */
export interface Sources {
  readonly targets: readonly MetricsTarget[];
  /** Starts a consumer without a broker's address: it says so and ends, and its line is an error. */
  fail(): Promise<void>;
  stop(): Promise<void>;
}

/** Requests a second to the web service, and how many of them ask for a path that is not there. */
const LOAD = { pauseMs: 30, missingEvery: 25 };

/** What other programs of this machine have mounted is no part of a picture. */
const OWN_DISKS = '--collector.filesystem.mount-points-exclude=^/.+';

/**
 * A web service under load, the exporter on the broker's management API, and Debian's node exporter.
 * @param logs Where the lines of the services go.
 */
export async function startSources(broker: LocalBroker, logs: LoggedServices): Promise<Sources> {
  const fleet = new ServiceProcesses((line, service) => logs.write(service, JSON.stringify(line)));
  const ports = { api: await freePort(), exporter: await freePort(), node: await freePort() };
  fleet.start('api', { HTTP_PORT: String(ports.api) });
  fleet.start('exporter', { HTTP_PORT: String(ports.exporter), ...exporterFiles(fleet, broker) });
  const program = '/usr/bin/prometheus-node-exporter';
  if (!existsSync(program))
    throw new Error('no node exporter here: apt-get install prometheus-node-exporter');
  const node = spawnOwned([program, `--web.listen-address=127.0.0.1:${ports.node}`, OWN_DISKS], {
    stdout: 'ignore',
    stderr: 'ignore',
  });
  const ended = new AbortController();
  const load = putLoadOn(`http://127.0.0.1:${ports.api}`, ended.signal);
  return {
    targets: [
      ...brokerTargets(broker.metricsUrl),
      processTarget('api', 'api', ports.api),
      processTarget('exporter', 'exporter', ports.exporter),
      processTarget('node-exporter', 'monitoring', ports.node),
      ...logs.targets,
    ],
    fail: async () => {
      await fleet.run('consumer', { AMQP_URL: 'amqp://' });
    },
    stop: async () => {
      ended.abort();
      await load;
      killGroup(node);
      await fleet.stop();
    },
  };
}

function exporterFiles(fleet: ServiceProcesses, { managementUrl, username, password }: LocalBroker) {
  const target = {
    ...{ name: 'broker', url: `${managementUrl}/api/queues`, module: 'rabbitmq-management' },
    basicAuth: { username, passwordFile: fleet.file('exporter-password', password) },
  };
  return {
    MAPPINGS_DIRECTORY: join(repositoryRoot, 'services', 'exporter', 'mappings'),
    TARGETS_FILE: fleet.file('targets.json', { targets: [target], allowAddresses: ['127.0.0.0/8'] }),
    INTERVAL_SECONDS: '2',
    TIMEOUT_SECONDS: '2',
  };
}

/** One request after the other, until the signal; while the service starts they fail. */
async function putLoadOn(url: string, signal: AbortSignal): Promise<void> {
  for (let count = 0; !signal.aborted; count += 1) {
    const path = count % LOAD.missingEvery === 0 ? '/api/missing' : `/api?count=${count}`;
    await fetch(`${url}${path}`, { signal })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
    await sleep(LOAD.pauseMs, undefined, { signal }).catch(() => {});
  }
}
