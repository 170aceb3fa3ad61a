/** The three that may own a replica count, each as its users run it, outside the cluster but in its network. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  baseOf,
  type ClauseFidelity,
  compileHpa,
  compileKeda,
  compileScalerConfig,
  type DeploymentTarget,
  type ManagementSource,
  type PrometheusSource,
  refusals,
} from '@sluice/policy';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { keda, prometheusAdapter } from '../../packages/testbed/tools.ts';
import type { Inside } from './in-cluster-process.ts';
import {
  adapterAddress,
  aggregate,
  forgetAggregate,
  installDefinitions,
  servingCertificate,
} from './parity-apis.ts';
import { everySeconds, type Queue } from './parity-queue.ts';
import { namespace, type Parity } from './parity-workloads.ts';

export interface Ground {
  readonly cluster: Cluster;
  readonly inside: Inside;
  readonly queue: Queue;
}

export interface Backend {
  readonly name: string;
  /** How it looks at the queue. */
  readonly looks: string;
  /** What it makes of a policy. */
  fidelity(workload: Parity, queue: Pick<Queue, 'asked' | 'scraped'>): readonly ClauseFidelity[];
  /** Starts it for the workloads and waits until it follows them. */
  start(ground: Ground, workloads: readonly Parity[]): Promise<void>;
  /** Whether a count stays what it is for as long as the queue cannot be read. */
  keeps(workload: Parity): boolean;
  /** Whether it has said of every workload, since that instant (epoch ms), that it cannot read the queue. */
  blind(ground: Ground, workloads: readonly Parity[], since: number): Promise<boolean>;
  /** Takes away what `start` brought, also where that failed half-way. */
  stop(ground: Ground): Promise<void>;
}

export const claims = (
  backend: Backend,
  workload: Parity,
  queue: Pick<Queue, 'asked' | 'scraped'>,
): boolean => refusals(backend.fidelity(workload, queue)).length === 0;

const targetOf = ({ name }: Parity): DeploymentTarget => ({ kind: 'deployment', namespace, name });

const asObjects = (manifests: readonly unknown[]) => manifests as readonly KubernetesObject[];

const remove = (cluster: Cluster, kind: string) =>
  cluster.kubectl(['-n', namespace, 'delete', kind, '--all', '--wait=true', '--timeout=60s'], {
    check: false,
  });

const scalerConfig = (workloads: readonly Parity[], source: ManagementSource) =>
  compileScalerConfig({
    pollSeconds: everySeconds,
    workloads: workloads.map((one) => ({
      name: one.name,
      source,
      target: targetOf(one),
      policy: one.policy,
    })),
  });

export const ownScaler: Backend = {
  name: 'own scaler',
  keeps: () => true,
  looks: `asks the broker every ${everySeconds} s`,
  fidelity: (workload, { asked }) => scalerConfig([workload], asked).fidelity,
  start: async ({ inside, queue }, workloads) => {
    const file = join(inside.folder, 'parity-scaler.json');
    writeFileSync(file, JSON.stringify(scalerConfig(workloads, queue.asked).config));
    const main = join(import.meta.dirname, '..', '..', 'services', 'scaler', 'main.ts');
    const env = { CONFIG_FILE: file, KUBECONFIG: inside.kubeconfig, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };
    inside.start({ name: 'parity-scaler', command: [process.execPath, main], env });
    await inside.until('parity-scaler', 60, () => inside.log('parity-scaler').includes('"msg":"started"'));
  },
  blind: async ({ inside }, workloads, since) => {
    const missing = linesOf(inside.log('parity-scaler')).filter(
      ({ time, reason }) => time >= since && reason === 'ReadingMissing',
    );
    return workloads.every(({ name }) => missing.some(({ workload }) => workload === name));
  },
  stop: ({ inside }) => inside.stop('parity-scaler'),
};

interface LogLine {
  readonly time: number;
  readonly workload?: string;
  readonly reason?: string;
}

/** A last line that is only half written is left out. */
const linesOf = (log: string): readonly LogLine[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);

const hpaOf = (one: Parity, source: PrometheusSource) =>
  compileHpa({ name: one.name, source, target: targetOf(one), policy: one.policy });

export const hpa: Backend = {
  name: 'HPA + prometheus-adapter',
  keeps: () => true,
  looks: `Prometheus scrapes every ${everySeconds} s, the HPA asks every 5 s (15 s by default)`,
  fidelity: (workload, { scraped }) => hpaOf(workload, scraped).fidelity,
  start: async (ground, workloads) => {
    const { cluster, queue } = ground;
    const compiled = workloads.map((one) => hpaOf(one, queue.scraped));
    await startAdapter(ground, { externalRules: compiled.flatMap(({ adapterRules }) => adapterRules) });
    await cluster.apply(asObjects(compiled.flatMap(({ manifests }) => manifests)));
    await followed(
      cluster,
      workloads.map(({ name }) => name),
    );
  },
  blind: ({ cluster }, workloads) =>
    lost(
      cluster,
      workloads.map(({ name }) => name),
    ),
  stop: async ({ cluster, inside }) => {
    await remove(cluster, 'hpa');
    await forgetAggregate(cluster);
    await inside.stop('parity-adapter');
  },
};

async function startAdapter({ cluster, inside, queue }: Ground, rules: object): Promise<void> {
  const bin = await ensureTool(prometheusAdapter);
  const file = join(inside.folder, 'parity-adapter.json');
  writeFileSync(file, JSON.stringify(rules));
  const port = 6444;
  const options = [
    `--config=${file}`,
    `--prometheus-url=${queue.scraped.url}`,
    '--metrics-relist-interval=5s',
    '--metrics-max-age=60s',
    ...servedAt(inside, port),
    `--lister-kubeconfig=${inside.kubeconfig}`,
    `--cert-dir=${join(inside.folder, 'parity-adapter')}`,
  ];
  inside.start({ name: 'parity-adapter', command: [join(bin, 'adapter'), ...options] });
  await aggregate(cluster, port);
  await inside.until('parity-adapter', 60, () => served(cluster));
}

/** An aggregated API server asks the main one who its callers are. */
const servedAt = ({ kubeconfig }: Inside, port: number): string[] => [
  `--bind-address=${adapterAddress}`,
  `--secure-port=${port}`,
  `--authentication-kubeconfig=${kubeconfig}`,
  `--authorization-kubeconfig=${kubeconfig}`,
];

const served = async (cluster: Cluster): Promise<boolean> =>
  (await cluster.kubectl(['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1'], { check: false }))
    .code === 0;

/** What an HPA says of its metric. */
async function scalingActive(cluster: Cluster, name: string): Promise<string> {
  const jsonpath = 'jsonpath={.status.conditions[?(@.type=="ScalingActive")]}';
  return (await cluster.kubectl(['-n', namespace, 'get', 'hpa', name, '-o', jsonpath])).stdout;
}

/** An HPA that has read its metric, or one that rests because its Deployment is at 0, follows. */
async function followed(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names)
    await until(`the HPA '${name}' to follow`, 90, async () => {
      const active = await scalingActive(cluster, name);
      return active.includes('"status":"True"') || active.includes('"reason":"ScalingDisabled"');
    });
}

async function lost(cluster: Cluster, names: readonly string[]): Promise<boolean> {
  const all = await Promise.all(names.map((name) => scalingActive(cluster, name)));
  return all.every((active) => active.includes('"reason":"FailedGetExternalMetric"'));
}

const credentials = 'parity-broker';

/** Only a Prometheus remembers for a latch; everything else it asks of the broker itself. */
const kedaOf = (one: Parity, { asked, scraped }: Pick<Queue, 'asked' | 'scraped'>) =>
  compileKeda(
    {
      name: one.name,
      source: one.policy.kind === 'latch' ? scraped : asked,
      target: targetOf(one),
      policy: one.policy,
    },
    { pollSeconds: everySeconds, credentials },
  );

export const kedaBackend: Backend = {
  name: 'KEDA',
  // What `staleAfterSeconds` is only approximate for: with a minimum of 0 it may go to 0.
  keeps: ({ policy }) => baseOf(policy).minReplicas > 0,
  looks: `the operator asks every ${everySeconds} s, its HPA every 5 s (15 s by default)`,
  fidelity: (workload, queue) => kedaOf(workload, queue).fidelity,
  start: async (ground, workloads) => {
    const { cluster, queue } = ground;
    const { username, password } = queue.broker;
    const metadata = { name: credentials, namespace };
    await cluster.apply([{ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { username, password } }]);
    await startKeda(ground);
    await cluster.apply(asObjects(workloads.flatMap((one) => kedaOf(one, queue).manifests)));
    const all = workloads.map(({ name }) => `scaledobject/${name}`);
    await cluster.kubectl(['-n', namespace, 'wait', '--for=condition=Ready', '--timeout=60s', ...all]);
    await followed(
      cluster,
      workloads.map(({ name }) => `keda-hpa-${name}`),
    );
  },
  blind: ({ cluster }, workloads) =>
    lost(
      cluster,
      // Of one that went to 0 the HPA rests and says nothing of its metric.
      workloads.filter(kedaBackend.keeps).map(({ name }) => `keda-hpa-${name}`),
    ),
  stop: async ({ cluster, inside }) => {
    // Its operator takes a ScaledObject's HPA away; without it the finalizer waits forever.
    await remove(cluster, 'scaledobject');
    await forgetAggregate(cluster);
    await inside.stop('parity-keda-adapter');
    await inside.stop('parity-keda-operator');
  },
};

async function startKeda({ cluster, inside }: Ground): Promise<void> {
  const bin = await ensureTool(keda);
  await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'keda' } }]);
  await installDefinitions(cluster);
  const certificates = await servingCertificate(join(inside.folder, 'parity-keda'));
  const env = {
    KUBECONFIG: inside.kubeconfig,
    WATCH_NAMESPACE: '',
    POD_NAMESPACE: 'keda',
    KEDA_CLUSTER_OBJECT_NAMESPACE: 'keda',
  };
  const operator = [
    '--metrics-bind-address=127.0.0.1:9101',
    '--health-probe-bind-address=127.0.0.1:9102',
    '--metrics-service-bind-address=127.0.0.1:9666',
    `--cert-dir=${certificates}`,
    '--enable-cert-rotation=false',
  ];
  inside.start({ name: 'parity-keda-operator', command: [join(bin, 'operator'), ...operator], env });
  await inside.until('parity-keda-operator', 90, async () => {
    const probe = ['curl', '-sf', '-m', '2', 'http://127.0.0.1:9102/readyz'];
    return (await cluster.exec(probe, { check: false })).code === 0;
  });
  const port = 6445;
  const adapter = [
    '--metrics-service-address=127.0.0.1:9666',
    '--port=9103',
    ...servedAt(inside, port),
    `--lister-kubeconfig=${inside.kubeconfig}`,
    `--cert-dir=${certificates}`,
    `--tls-cert-file=${certificates}/tls.crt`,
    `--tls-private-key-file=${certificates}/tls.key`,
  ];
  inside.start({ name: 'parity-keda-adapter', command: [join(bin, 'adapter'), ...adapter], env });
  await aggregate(cluster, port);
  await inside.until('parity-keda-adapter', 60, () => served(cluster));
}

export const backends: readonly Backend[] = [ownScaler, hpa, kedaBackend];
