import { LOG_AGENT_FLAGS, logAgentConfig } from '../../charts/log-agent.ts';
import { type CollectorConfig, type CollectorLimits, logEventsConfig } from '../../charts/log-collector.ts';
import { images } from '../../environments/images.ts';
import {
  type Addon,
  type ChartImage,
  chartImage,
  OFF,
  RESTRICTED_POD,
  type Resources,
  resources,
  type Switch,
  watched,
} from './addon.ts';
import { logOutputsOf } from './log-stores.ts';

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
const STATE = '/var/lib/sluice-logs';
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
const PAGES = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector fills it in
  host: '${env:MY_POD_IP}',
  ports: { health: 13_133, metrics: 8888 },
} as const;

/** The values of a release, but for what it reads. */
const collectorValues = (
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

interface EventValues extends CollectorValues {
  readonly mode: 'deployment';
  readonly replicaCount: 1;
  readonly rollout: { readonly strategy: 'Recreate' };
  readonly podSecurityContext: typeof RESTRICTED_POD & {
    readonly runAsUser: number;
    readonly fsGroup: number;
  };
  readonly securityContext: object;
  readonly clusterRole: {
    readonly create: true;
    readonly rules: readonly [
      {
        readonly apiGroups: readonly [''];
        readonly resources: readonly ['events'];
        readonly verbs: readonly string[];
      },
    ];
  };
}

const EVENT_LIMITS: CollectorLimits = { memoryMiB: 128, queueBytes: 64 * 1024 * 1024 };
const USER = 10_001;

/** Kubernetes' events, to the log stores: one pod, as two would write each event twice. */
export const opentelemetryEvents: Addon<EventValues> = {
  name: 'opentelemetry-events',
  namespace: LOG_AGENTS,
  stage: 'platform',
  values: (environment) => ({
    ...collectorValues('log-events', EVENT_LIMITS),
    ...{ mode: 'deployment', replicaCount: 1, rollout: { strategy: 'Recreate' } },
    alternateConfig: logEventsConfig({
      ...{ outputs: logOutputsOf(environment), state: STATE, limits: EVENT_LIMITS, ...PAGES },
    }),
    podMonitor: watched(environment),
    podSecurityContext: { ...RESTRICTED_POD, runAsUser: USER, fsGroup: USER },
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    },
    clusterRole: {
      create: true,
      rules: [{ apiGroups: [''], resources: ['events'], verbs: ['get', 'list', 'watch'] }],
    },
    // It outlives the process and not the pod: the API server keeps events for an hour.
    extraVolumes: [{ name: 'state', emptyDir: { sizeLimit: '512Mi' } }],
    extraVolumeMounts: [{ name: 'state', mountPath: STATE }],
  }),
};
