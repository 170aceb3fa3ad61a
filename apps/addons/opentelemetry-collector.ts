import { LOG_AGENT_FLAGS, logAgentConfig } from '../../charts/log-agent.ts';
import type { CollectorConfig, CollectorLimits } from '../../charts/log-collector.ts';
import { images } from '../../environments/images.ts';
import type { Addon } from './addon.ts';
import { logOutputsOf } from './log-stores.ts';
import {
  type ChartImage,
  chartImage,
  OFF,
  type Resources,
  resources,
  type Switch,
  watched,
} from './values.ts';

interface Values extends CollectorValues {
  readonly mode: 'daemonset';
  readonly securityContext: typeof READS_FILES_OF_ROOT;
  readonly tolerations: readonly [{ readonly operator: 'Exists' }];
  readonly extraEnvs: readonly [
    { readonly name: 'NODE_NAME'; readonly valueFrom: { readonly fieldRef: { readonly fieldPath: string } } },
  ];
}

/** What the releases of the collector's chart have in common: all of the file is ours, and no preset is on. */
export interface CollectorValues {
  readonly fullnameOverride: string;
  readonly image: ChartImage;
  readonly command: { readonly name: string; readonly extraArgs?: readonly string[] };
  readonly alternateConfig: CollectorConfig;
  readonly ports: Readonly<Record<PortName, Switch>>;
  readonly podMonitor: Switch;
  readonly resources: Resources;
  readonly extraVolumes: readonly object[];
  readonly extraVolumeMounts: readonly VolumeMount[];
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: true;
}

type PortName =
  | 'otlp'
  | 'otlp-http'
  | 'jaeger-compact'
  | 'jaeger-thrift'
  | 'jaeger-grpc'
  | 'zipkin'
  | 'metrics';

/** Log agents read the files of every pod, which `baseline` forbids. */
export const LOG_AGENTS = {
  name: 'log-agents',
  podSecurity: 'privileged',
  because: "Log agents read the node's log files: a path of the host.",
} as const;

/** Log files belong to root; it needs no capability to read what is its own. */
const READS_FILES_OF_ROOT = {
  ...{ runAsUser: 0, runAsGroup: 0, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** Where a collector keeps its positions and its queue. */
export const STATE = '/var/lib/sluice-logs';
const LOGS = '/var/log/pods';
const MEMORY_MIB = 256;

/** 256 MiB for each log store: an hour of 350 lines/s of 200 bytes. */
const LIMITS: CollectorLimits = { memoryMiB: MEMORY_MIB, queueBytes: 256 * 1024 * 1024 };

/** The log agent of each node: every container's lines, with who wrote them, to the log stores. */
export const opentelemetryCollector: Addon<Values> = {
  name: 'opentelemetry-collector',
  namespace: LOG_AGENTS,
  stage: 'platform',
  values: (environment) => ({
    ...collectorValues('log-agent', LIMITS, [...LOG_AGENT_FLAGS]),
    mode: 'daemonset',
    alternateConfig: logAgentConfig({
      ...{ outputs: logOutputsOf(environment), logs: LOGS, state: STATE, limits: LIMITS },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector fills it in
      ...{ ...PAGES, node: '${env:NODE_NAME}' },
    }),
    podMonitor: watched(environment),
    securityContext: READS_FILES_OF_ROOT,
    // Every node has pods, and so lines.
    tolerations: [{ operator: 'Exists' }],
    extraEnvs: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    extraVolumes: [
      { name: 'logs', hostPath: { path: LOGS } },
      // It outlives the pod: where the agent was in each file, and what it has not yet sent.
      { name: 'state', hostPath: { path: STATE, type: 'DirectoryOrCreate' } },
    ],
    extraVolumeMounts: [
      { name: 'logs', mountPath: LOGS, readOnly: true },
      { name: 'state', mountPath: STATE },
    ],
  }),
};

/** The pages of a collector: on its pod's address, on the ports of the chart's probes and PodMonitor. */
export const PAGES = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector fills it in
  host: '${env:MY_POD_IP}',
  ports: { health: 13_133, metrics: 8888 },
} as const;

/** The values of a release, but for what it reads. */
export const collectorValues = (
  fullnameOverride: string,
  { memoryMiB }: CollectorLimits,
  extraArgs: readonly string[] = [],
): Pick<CollectorValues, 'fullnameOverride' | 'image' | 'command' | 'ports' | 'resources'> => ({
  fullnameOverride,
  image: chartImage(images.opentelemetryCollector),
  command: { name: 'otelcol-k8s', extraArgs },
  ports: {
    ...{ otlp: OFF, 'otlp-http': OFF, zipkin: OFF, metrics: { enabled: true } },
    ...{ 'jaeger-compact': OFF, 'jaeger-thrift': OFF, 'jaeger-grpc': OFF },
  },
  resources: resources('50m', `${memoryMiB}Mi`),
});
