/** The way of log lines as pods: agent, events collector and log store by their addons' own values, and an S3 server. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Addon } from '../../apps/addons/addon.ts';
import {
  type CollectorValues,
  LOG_AGENTS,
  opentelemetryCollector,
  opentelemetryEvents,
} from '../../apps/addons/opentelemetry-collector.ts';
import { victoriaLogs as victoriaLogsAddon } from '../../apps/addons/victoria-logs.ts';
import { systemIn } from '../../apps/testing/desired-state.ts';
import type { Environment } from '../../environments/environment.ts';
import { logStoreAddresses } from '../../packages/contracts/log-store.ts';
import { access, deployment, labelsOf, namespace, service } from '../../packages/testbed/addons/objects.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { toolImage } from '../../packages/testbed/images/buildah.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { otelCollector, versitygw, victoriaLogs } from '../../packages/testbed/tools.ts';
import { insideOf } from './in-cluster-process.ts';

/** The S3 server, as `logReports.s3` of an environment names it. */
export const S3 = { service: 's3', namespace: 's3', port: 7070 } as const;

/** Its image, as pods name it. */
export const S3_IMAGE = 'sluice.test/versitygw:1';

const IMAGES = {
  collector: 'sluice.test/otel-collector:1',
  store: 'sluice.test/victoria-logs:1',
} as const;

/** Who may use the S3 server. */
export interface KeyPair {
  readonly id: string;
  readonly key: string;
}

/** Builds what is missing, applies it, and waits until every pod is ready. */
export async function deployLogSystem(
  cluster: Cluster,
  environment: Environment,
  keys: KeyPair,
): Promise<void> {
  for (const [tool, image] of [
    [otelCollector, IMAGES.collector],
    [victoriaLogs, IMAGES.store],
    [versitygw, S3_IMAGE],
  ] as const)
    await cluster.image(await toolImage(tool, image));
  const podLogs = join(insideOf(cluster.name).folder, 'pods');
  await cluster.apply([
    ...storeObjects(environment),
    ...s3Objects(keys),
    agentNamespace,
    ...agentObjects(environment, podLogs),
    ...eventsObjects(environment),
  ]);
  for (const [inNamespace, what] of [
    [logStoreAddresses['victoria-logs'].namespace, 'deployment/victoria-logs'],
    [S3.namespace, `deployment/${S3.service}`],
    [LOG_AGENTS.name, 'daemonset/log-agent'],
    [LOG_AGENTS.name, 'deployment/log-events'],
  ] as const)
    await cluster.kubectl(['-n', inNamespace, 'rollout', 'status', what, `--timeout=${patient(120)}s`], {
      seconds: 300,
    });
}

const valuesOf = <Values extends object>(addon: Addon<Values>, environment: Environment): Values =>
  addon.values(environment, systemIn(environment));

const scratch = (path: string) => ({ path, volume: { name: 'data', emptyDir: {} } });

/** One VictoriaLogs with the flags that its addon gives it, without the volume that outlives a pod. */
function storeObjects(environment: Environment): KubernetesObject[] {
  const { server } = valuesOf(victoriaLogsAddon, environment);
  const { namespace: inNamespace, service: name, port } = logStoreAddresses['victoria-logs'];
  const id = { name, namespace: inNamespace };
  const flags = { ...server.extraArgs, retentionPeriod: server.retentionPeriod, storageDataPath: '/data' };
  return [
    namespace(inNamespace),
    account(id),
    deployment({
      ...{ ...id, image: IMAGES.store, memory: server.resources.limits.memory },
      args: Object.entries(flags).map(([flag, value]) => `-${flag}=${value}`),
      ports: [{ name: 'http', containerPort: port }],
      readiness: { httpGet: { path: '/health', port: 'http' } },
      volumes: [scratch('/data')],
    }),
    service(id, { [port]: 'http' }),
  ];
}

/** An S3 server without buckets, and its Service. */
export function s3Objects({ id: access, key }: KeyPair): KubernetesObject[] {
  const id = { name: S3.service, namespace: S3.namespace };
  return [
    namespace(S3.namespace),
    account(id),
    deployment({
      ...{ ...id, image: S3_IMAGE, memory: '256Mi' },
      args: ['--port', `:${S3.port}`, '--access', access, '--secret', key, '--quiet', 'posix', '/data'],
      ports: [{ name: 's3', containerPort: S3.port }],
      readiness: { tcpSocket: { port: 's3' } },
      volumes: [scratch('/data')],
    }),
    service(id, { [S3.port]: 's3' }),
  ];
}

const account = (metadata: KubernetesObject['metadata']): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata },
});

const agentNamespace: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: {
    name: LOG_AGENTS.name,
    labels: { 'pod-security.kubernetes.io/enforce': LOG_AGENTS.podSecurity },
  },
};

/** The parts of a pod that the collector's chart makes of its values. */
interface ReleaseOptions {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly values: CollectorValues;
  readonly podSecurityContext?: object;
  readonly securityContext: object;
  readonly env?: readonly object[];
}

/** A release of the collector's chart, which cannot be fetched here: its own file, flags, volumes and rights. */
function release({ kind, values, podSecurityContext, securityContext, env = [] }: ReleaseOptions) {
  const id = { name: values.fullnameOverride, namespace: LOG_AGENTS.name };
  const labels = labelsOf(id);
  const { ports } = valuesPorts(values);
  const container = {
    ...{ name: 'collector', image: IMAGES.collector, imagePullPolicy: 'IfNotPresent', securityContext },
    args: ['--config=/conf/relay.yaml', ...(values.command.extraArgs ?? [])],
    env: [{ name: 'MY_POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }, ...env],
    readinessProbe: { httpGet: { path: '/', port: ports.health }, periodSeconds: 1 },
    resources: values.resources,
    volumeMounts: [{ name: 'config', mountPath: '/conf' }, ...values.extraVolumeMounts],
  };
  const spec = {
    serviceAccountName: id.name,
    ...(podSecurityContext !== undefined && { securityContext: podSecurityContext }),
    containers: [container],
    volumes: [{ name: 'config', configMap: { name: id.name } }, ...values.extraVolumes],
  };
  const metadata = { ...id, labels };
  return [
    {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata },
      data: { 'relay.yaml': stringify(values.alternateConfig) },
    },
    {
      ...{ apiVersion: 'apps/v1', kind, metadata },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}

/** The port of the chart's probes is that of the file's extension. */
function valuesPorts({ alternateConfig }: CollectorValues): { readonly ports: { readonly health: number } } {
  const { endpoint = '' } = alternateConfig.extensions.health_check as { endpoint?: string };
  return { ports: { health: Number(endpoint.split(':').at(-1)) } };
}

/** The agent of each node. The kubelet of a cluster from source has its log files in a folder of its own. */
function agentObjects(environment: Environment, podLogs: string): KubernetesObject[] {
  const values = valuesOf(opentelemetryCollector, environment);
  const extraVolumes = values.extraVolumes.map((volume) =>
    (volume as { name: string }).name === 'logs' ? { name: 'logs', hostPath: { path: podLogs } } : volume,
  );
  const state = { name: 'state', emptyDir: {} };
  return [
    account({ name: values.fullnameOverride, namespace: LOG_AGENTS.name }),
    ...release({
      ...{ kind: 'DaemonSet', securityContext: values.securityContext, env: values.extraEnvs },
      values: {
        ...values,
        extraVolumes: extraVolumes.map((one) => ((one as { name: string }).name === 'state' ? state : one)),
      },
    }),
  ];
}

/** The one collector of Kubernetes events, with the rights that its addon asks for. */
function eventsObjects(environment: Environment): KubernetesObject[] {
  const values = valuesOf(opentelemetryEvents, environment);
  const { podSecurityContext, securityContext } = values;
  return [
    ...access({ name: values.fullnameOverride, namespace: LOG_AGENTS.name }, values.clusterRole.rules),
    ...release({ kind: 'Deployment', values, podSecurityContext, securityContext }),
  ];
}
