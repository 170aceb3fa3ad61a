import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { latch } from '@sluice/policy';
import { ServiceProcesses } from '../support/service-processes.ts';
import { withBroker } from './broker.ts';
import { type Figure, round } from './figures.ts';

const WORKLOADS = 1000;
const POLL_SECONDS = 5;
const SETTLE_SECONDS = 15;
const MEASURE_SECONDS = 40;
const MAX_SHARE = 0.2;
/** Kernel ticks a second in /proc, a constant of Linux's interface. @see proc(5) */
const TICKS_PER_SECOND = 100;

/** CPU share of a scaler with 1,000 workloads on one real broker; Deployments are answered over HTTP by this process. */
export async function scalerLoad(): Promise<Figure[]> {
  return withBroker(async (connection, { metricsUrl }) => {
    const channel = await connection.createChannel();
    for (const name of names()) await channel.assertQueue(name, { durable: true });
    const { server, url } = await serveScales();
    const fleet = new ServiceProcesses(() => {});
    const workloads = names().map((name) => ({
      name,
      source: { kind: 'detailed-metrics', url: metricsUrl, vhost: '/', queue: name },
      target: { kind: 'deployment', namespace: 'bench', name },
      policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100 } }),
    }));
    const { child } = fleet.start('scaler', {
      CONFIG_FILE: fleet.file('scaler.json', { pollSeconds: POLL_SECONDS, workloads }),
      KUBECONFIG: fleet.file('kubeconfig', kubeconfig(url)),
    });
    await sleep(SETTLE_SECONDS * 1000);
    const before = cpuSeconds(child.pid);
    await sleep(MEASURE_SECONDS * 1000);
    const share = (cpuSeconds(child.pid) - before) / MEASURE_SECONDS;
    await fleet.stop();
    server.close();
    server.closeAllConnections();
    return [figureOf(share)];
  });
}

const names = (): string[] => Array.from({ length: WORKLOADS }, (_, index) => `queue-${index}`);

const figureOf = (share: number): Figure => ({
  bench: 'scaler-load',
  value: round(share * 100),
  unit: '% of a core',
  target: `< ${MAX_SHARE * 100} % with ${WORKLOADS} workloads at ${POLL_SECONDS} s`,
  ok: share > 0 && share < MAX_SHARE,
});

/** User and system time so far. */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Every Deployment is at 0. */
async function serveScales(): Promise<{ server: Server; url: string }> {
  const server = createServer(({ url = '' }, response) => {
    const name = url.split('/').at(-2) ?? '';
    const metadata = { name, namespace: 'bench', resourceVersion: '1', uid: name };
    const scale = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata,
      spec: { replicas: 0 },
      status: { replicas: 0 },
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(scale));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const kubeconfig = (server: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'bench', cluster: { server } }],
  users: [{ name: 'bench', user: {} }],
  contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  'current-context': 'bench',
});
