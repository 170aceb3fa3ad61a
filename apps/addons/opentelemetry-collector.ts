import { images } from '../../environments/images.ts';
import type { Addon } from './addon.ts';
import { OFF, type Resources, resources, type Switch, watched } from './values.ts';

interface Values {
  readonly mode: 'daemonset';
  /** The chart pulls by the digest where it is set. */
  readonly image: { readonly repository: string; readonly tag: string; readonly digest?: string };
  readonly command: { readonly name: string };
  readonly presets: {
    readonly logsCollection: Switch & { readonly storeCheckpoints: boolean };
    readonly kubernetesAttributes: Switch;
  };
  readonly alternateConfig: Pipeline;
  readonly ports: Readonly<Record<PortName, Switch>>;
  readonly podMonitor: Switch;
  readonly resources: Resources;
}

type PortName =
  | 'otlp'
  | 'otlp-http'
  | 'jaeger-compact'
  | 'jaeger-thrift'
  | 'jaeger-grpc'
  | 'zipkin'
  | 'metrics';

/** The collector's own file, where it does not come from a preset. */
interface Pipeline {
  readonly extensions: { readonly health_check: { readonly endpoint: string } };
  readonly processors: {
    readonly memory_limiter: {
      readonly check_interval: string;
      readonly limit_percentage: number;
      readonly spike_limit_percentage: number;
    };
    readonly batch: object;
  };
  readonly exporters: { readonly otlphttp: { readonly endpoint: string } };
  readonly service: {
    readonly extensions: readonly string[];
    readonly telemetry: { readonly metrics: { readonly readers: readonly object[] } };
    readonly pipelines: {
      readonly logs: {
        readonly receivers: readonly string[];
        readonly processors: readonly string[];
        readonly exporters: readonly string[];
      };
    };
  };
}

/** Log agents read the files of every pod, which `baseline` forbids. */
export const LOG_AGENTS = {
  name: 'log-agents',
  podSecurity: 'privileged',
  because: "Log agents read the node's log files: a path of the host.",
} as const;

/** The log agent: every pod's lines, with who wrote them, to Loki. */
export const opentelemetryCollector: Addon<Values> = {
  name: 'opentelemetry-collector',
  namespace: LOG_AGENTS,
  stage: 'platform',
  needs: ['loki'],
  values: (environment) => ({
    mode: 'daemonset',
    image: collectorImage(),
    command: { name: 'otelcol-k8s' },
    presets: {
      // Where it was in each file outlives the pod.
      logsCollection: { enabled: true, storeCheckpoints: true },
      kubernetesAttributes: { enabled: true },
    },
    alternateConfig: pipeline,
    ports: {
      ...{ otlp: OFF, 'otlp-http': OFF, zipkin: OFF, metrics: { enabled: true } },
      ...{ 'jaeger-compact': OFF, 'jaeger-thrift': OFF, 'jaeger-grpc': OFF },
    },
    podMonitor: watched(environment),
    resources: resources('50m', '256Mi'),
  }),
};

const pipeline: Pipeline = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector fills it in
  extensions: { health_check: { endpoint: '${env:MY_POD_IP}:13133' } },
  processors: {
    memory_limiter: { check_interval: '5s', limit_percentage: 80, spike_limit_percentage: 25 },
    batch: {},
  },
  exporters: { otlphttp: { endpoint: 'http://loki.loki.svc:3100/otlp' } },
  service: {
    extensions: ['health_check'],
    telemetry: {
      metrics: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector fills it in
        readers: [{ pull: { exporter: { prometheus: { host: '${env:MY_POD_IP}', port: 8888 } } } }],
      },
    },
    pipelines: {
      // The presets put their receiver and their processor in.
      logs: { receivers: [], processors: ['memory_limiter', 'batch'], exporters: ['otlphttp'] },
    },
  },
};

function collectorImage(): Values['image'] {
  const image: string = images.opentelemetryCollector;
  const [tagged = '', digest] = image.split('@');
  const [repository = '', tag = ''] = tagged.split(':');
  return { repository, tag, ...(digest !== undefined && { digest }) };
}
