import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterSnapshot, SNAPSHOT_SCHEMA } from '../../packages/contracts/cluster-snapshot.ts';
import { writeSnapshot } from '../../services/collector/snapshots.ts';
import { LogReportsHarness, REPORTS, type Written } from '../logs/log-reports-harness.ts';
import { type Recording, startPrometheus } from '../support/prometheus.ts';

const GIB = 2 ** 30;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Every source of the board: a real Prometheus, S3 with reports of a real run, a real log store, and snapshots. */
export interface Site {
  readonly env: NodeJS.ProcessEnv;
  /** Instants of the snapshots, the newest first. */
  readonly snapshots: readonly number[];
  readonly logs: LogReportsHarness;
  stop(): Promise<void>;
}

/** @param hostile text that stands in names, lines and alerts */
export async function startSite(hostile = 'cannot reach the broker'): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-board-site-'));
  const snapshots: number[] = [];
  const latest = Math.floor(Date.now() / 1000) * 1000;
  for (const age of [30, 15, 0]) {
    const at = latest - age * MINUTE_MS;
    await writeSnapshot(folder, snapshotAt(at, age === 0 ? 1 : 0, hostile), 10);
    snapshots.unshift(at);
  }
  const logs = await LogReportsHarness.start();
  await logs.write(linesOf(latest, hostile));
  const { code } = await logs.run({ LATE_SECONDS: '0', CATCH_UP_WINDOWS: '200' });
  if (code !== 0) throw new Error(`the run that reports errors ended with ${code}`);
  const prometheus = await startPrometheus(recordings(latest), rulesOf(hostile));
  return {
    ...{ snapshots, logs },
    env: {
      ...logs.s3.credentials,
      ...{
        SNAPSHOT_DIR: folder,
        PROMETHEUS_URL: prometheus.url,
        REPORT_BUCKET: REPORTS,
        S3_ENDPOINT: logs.s3.url,
      },
      ...{ LOG_STORE: 'victoria-logs', LOG_STORE_URL: logs.store.url },
      ...{ REPOSITORY_URL: 'https://github.com/sluice/sluice', ARGOCD_URL: 'https://argocd.example.com' },
    },
    stop: async () => {
      prometheus.stop();
      await logs.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function linesOf(now: number, hostile: string): Written[] {
  const old = Array.from({ length: 30 }, (_, index) => ({
    ...{ namespace: 'consumer', level: 'error', message: `job ${index} failed: connection reset by peer` },
    ...{ pod: `consumer-${index % 3}`, at: now - (index % 28) * HOUR_MS - 12 * MINUTE_MS },
  }));
  const fresh = Array.from({ length: 7 }, (_, index) => ({
    ...{ namespace: 'api', level: 'error', message: `${hostile}`, pod: 'api-0' },
    at: now - index * 10 * MINUTE_MS - 11 * MINUTE_MS,
  }));
  const live = Array.from({ length: 40 }, (_, index) => ({
    ...{ namespace: 'consumer', level: 'info', message: `job processed in ${20 + index} ms` },
    ...{ pod: `consumer-${index % 3}`, at: now - index * 7000 },
  }));
  const event = { reason: 'BackOff', type: 'Warning' };
  const told = { namespace: 'api', pod: 'api-0', message: 'Back-off restarting failed container', event };
  return [...old, ...fresh, ...live, { ...told, at: now - 11 * MINUTE_MS }];
}

/** A value every minute for six hours. */
function recording(
  name: string,
  labels: Recording['labels'],
  value: (minute: number) => number,
  now: number,
): Recording {
  const samples = Array.from({ length: 360 }, (_, minute) => [
    Math.floor(now / 1000) - (359 - minute) * 60,
    value(minute),
  ]);
  return { name, labels, samples: samples as [number, number][] };
}

function recordings(now: number): Recording[] {
  const wave = (minute: number, of: number) => of * (1 + Math.sin(minute / 25) / 3);
  const of = (name: string, labels: Recording['labels'], value: (minute: number) => number) =>
    recording(name, labels, value, now);
  const phase = (name: string, value: (minute: number) => number) =>
    of('kube_pod_status_phase', { phase: name }, value);
  const reserved = (resource: string, value: number) => [
    of('kube_pod_container_resource_requests', { resource }, () => value * 0.6),
    of('kube_node_status_allocatable', { resource }, () => value),
  ];
  return [
    of(
      'container_cpu_usage_seconds_total',
      { container: 'main' },
      (minute) => minute * 60 * 2 + 900 * Math.sin(minute / 25),
    ),
    of('container_memory_working_set_bytes', { container: 'main' }, (minute) => wave(minute, 14 * GIB)),
    ...[...reserved('cpu', 11.8), ...reserved('memory', 43.8 * GIB)],
    ...[
      phase('Running', (minute) => Math.round(wave(minute, 36))),
      phase('Pending', (minute) => (minute % 90 < 8 ? 5 : 0)),
    ],
    phase('Failed', () => 1),
    of('kube_node_status_condition', { condition: 'Ready', status: 'true' }, (minute) =>
      minute > 330 ? 2 : 3,
    ),
    ...['a', 'b', 'c'].map((node) => of('kube_node_info', { node }, () => 1)),
    of('kube_pod_container_status_restarts_total', { pod: 'api-0' }, (minute) => Math.floor(minute / 40)),
  ];
}

const rulesOf = (hostile: string): object => ({
  groups: [
    {
      name: 'board',
      rules: [
        {
          ...{ alert: 'DrainBeyondObjective', expr: 'vector(1)' },
          labels: { severity: 'critical', namespace: 'consumer' },
          annotations: { summary: `The queue jobs is not drained in time: ${hostile}.` },
        },
        {
          ...{
            alert: 'NodeNotReady',
            expr: 'vector(1)',
            labels: { severity: 'warning', namespace: 'kube-system' },
          },
          annotations: { summary: 'The node ip-10-0-2-17 is not ready for 5 minutes.' },
        },
      ],
    },
  ],
});

const NAMES = [
  'api',
  'argocd',
  'board',
  'broker',
  'consumer',
  'kube-system',
  'monitoring',
  'publisher',
  'scaler',
];

/** A small cluster of production's shape; the later one has a node less and a release in progress. */
export function snapshotAt(at: number, version: number, hostile: string): ClusterSnapshot {
  const later = version > 0;
  const created = at - 9 * 24 * HOUR_MS;
  const nodes = ['a', 'b', 'c'].map((zone, index) => ({
    ...{ name: `ip-10-0-${index}-17.eu-central-1.compute.internal`, created, ready: !(later && index === 2) },
    ...{
      cordoned: index === 1,
      pressures: [],
      version: 'v1.36.3',
      zone: `eu-central-1${zone}`,
      instance: 'm7g.large',
    },
    allocatable: { cpu: 3.92, memory: 14.6 * GIB, pods: 58 },
    used: { cpu: 1.2 + index * 0.4, memory: (5 + index) * GIB },
  }));
  const workloads = NAMES.map((name, index) => {
    const desired = name === 'consumer' ? 25 : 2;
    const ready = name === 'consumer' ? 21 : name === 'monitoring' && later ? 0 : 2;
    const kind: 'StatefulSet' | 'Deployment' = index % 4 === 3 ? 'StatefulSet' : 'Deployment';
    return {
      ...{ kind, namespace: name, name, created, desired, ready, updated: desired, paused: false },
      images: [`ghcr.io/sluice/${name}:0.${1 + version}.0`],
    };
  });
  const pods = workloads.flatMap(({ name, namespace, desired, images }, at) =>
    Array.from({ length: desired }, (_, index) => {
      const isBroken = name === 'monitoring' && later;
      return {
        ...{
          namespace,
          name: `${name}-6d5f7c9b8-${(index * 7919 + at).toString(36).padStart(5, 'x')}`,
          created,
        },
        ...{
          node: nodes[(index + at) % 3]?.name ?? '',
          phase: 'Running',
          ready: !isBroken,
          restarts: isBroken ? 12 : 0,
        },
        ...(isBroken && { reason: 'CrashLoopBackOff' }),
        requests: { cpu: 0.1, memory: 128 * 2 ** 20 },
        images: [{ image: images[0] ?? '', digest: `sha256:${String(at).repeat(64).slice(0, 64)}` }],
      };
    }),
  );
  return {
    ...{
      schema: SNAPSHOT_SCHEMA,
      takenAt: at,
      seconds: 1.2,
      nodes,
      workloads,
      pods,
      services: [],
      ingresses: [],
      autoscalers: [],
    },
    missing: later
      ? [{ resource: 'ingresses', cause: 'forbidden', read: 0, message: 'the API server answers 403' }]
      : [],
    namespaces: NAMES.map((name) => ({ name, created, phase: 'Active' })),
    claims: [
      {
        ...{
          namespace: 'broker',
          name: 'data-broker-0',
          created,
          phase: 'Bound',
          class: 'gp3',
          bytes: 20 * GIB,
        },
        modes: ['ReadWriteOnce'],
      },
    ],
    events: [
      {
        ...{
          namespace: 'monitoring',
          kind: 'Pod',
          name: 'monitoring-0',
          reason: 'BackOff',
          message: hostile,
        },
        ...{ count: 31, lastSeen: at - 4000 },
      },
    ],
    releases: [
      {
        ...{
          namespace: 'api',
          name: 'api',
          created,
          phase: 'Paused',
          message: 'CanaryPauseStep',
          steps: 4,
          step: 1,
        },
        ...{ weight: 20, stable: '7c9f8d6b5', canary: '5d8c7b6f4', images: ['ghcr.io/sluice/api:0.2.0'] },
        analyses: [{ name: 'api-5d8c7b6f4-2-1', phase: 'Running' }],
      },
    ],
    applications: NAMES.map((name, index) => {
      const isBehind = name === 'consumer';
      return {
        ...{
          namespace: 'argocd',
          name,
          created,
          project: 'workloads',
          sync: isBehind ? 'OutOfSync' : 'Synced',
        },
        ...{ health: name === 'monitoring' ? 'Degraded' : 'Healthy', message: hostile },
        ...{ revision: '8340869aa11bb22cc33dd44ee55ff6677889900a', syncedAt: at - index * MINUTE_MS },
        outOfSync: isBehind ? [{ kind: 'Deployment', namespace: name, name }] : [],
        outOfSyncCount: isBehind ? 1 : 0,
      };
    }),
  };
}
