/** One run of the collector over ten thousand pods, from an API server that serves copies of a recorded object. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COLLECTOR_HEAP } from '../../apps/platform/collector.ts';
import { bundle } from '../../services/bundle.ts';
import type { Figure } from './figures.ts';

const PODS = 10_000;
const MOST_MEGABYTES = 256;

const variable = (index: number) => ({ name: `VARIABLE_${index}`, value: 'v'.repeat(60) });
const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: '2026-11-29T10:00:00Z' });

/** A pod of usual size: 2 containers, 20 variables each, managed fields; 8 KB of JSON. */
const podNumber = (index: number) => ({
  metadata: {
    ...{ name: `consumer-6d5f7c9b8-${index}`, namespace: `team-${index % 50}`, uid: `${index}` },
    creationTimestamp: '2026-11-29T10:00:00Z',
    labels: { 'app.kubernetes.io/name': 'consumer', 'pod-template-hash': '6d5f7c9b8' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'consumer-6d5f7c9b8', uid: 'u', controller: true },
    ],
    managedFields: [
      { manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': { a: 'm'.repeat(2000) } } },
    ],
  },
  spec: {
    nodeName: `node-${index % 200}`,
    containers: ['consumer', 'sidecar'].map((name) => ({
      ...{ name, image: `ghcr.io/sluice/${name}:0.1.0` },
      env: Array.from({ length: 20 }, (_, at) => variable(at)),
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
    })),
  },
  status: {
    phase: 'Running',
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    containerStatuses: ['consumer', 'sidecar'].map((name) => ({
      ...{ name, ready: true, restartCount: 0, image: `ghcr.io/sluice/${name}:0.1.0` },
      imageID: `ghcr.io/sluice/${name}@sha256:${'a'.repeat(64)}`,
      state: { running: { startedAt: '2026-11-29T10:00:00Z' } },
    })),
  },
});

function answer(url: URL): object {
  const limit = Number(url.searchParams.get('limit'));
  const from = Number(url.searchParams.get('continue') ?? 0);
  const count = url.pathname === '/api/v1/pods' ? Math.max(0, Math.min(limit, PODS - from)) : 0;
  const next = from + count < PODS && count > 0 ? { continue: String(from + count) } : {};
  return { metadata: next, items: Array.from({ length: count }, (_, index) => podNumber(from + index)) };
}

async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(answer(new URL(request.url ?? '', 'http://api'))));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const kubeconfig = (port: number): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'bench' },
    clusters: [
      { name: 'bench', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  });

/** Peak memory and time of the process, as it is in an image. */
export async function collector(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-collector-'));
  const server = await serve();
  try {
    await bundle('collector', folder);
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig((server.address() as AddressInfo).port));
    const env = {
      ...{ KUBECONFIG: join(folder, 'kubeconfig'), SNAPSHOT_DIR: join(folder, 'snapshots') },
      NODE_OPTIONS: COLLECTOR_HEAP,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.mjs')], { env });
    const written = stdout.split('\n').find((line) => line.includes('snapshot written')) ?? '{}';
    const { megabytes, seconds, pods } = JSON.parse(written);
    if (pods !== PODS) throw new Error(`the snapshot has ${pods} pods of ${PODS}`);
    return [
      {
        ...{ bench: 'collector-memory', value: Math.round(megabytes), unit: 'MB' },
        ...{ target: `< ${MOST_MEGABYTES}`, ok: megabytes < MOST_MEGABYTES },
      },
      { bench: 'collector-time', value: seconds, unit: 's', target: '< 60', ok: seconds < 60 },
    ];
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
}
