/** Every Go program the test cluster can build; versions are in tools/NAME/go.mod. */
import type { Tool } from './lib/tools.ts';

const kubernetesVersion = (version: string) => {
  const [major, minor] = version.slice(1).split('.');
  const base = 'k8s.io/component-base/version';
  return [
    `-X ${base}.gitVersion=${version}`,
    `-X ${base}.gitMajor=${major}`,
    `-X ${base}.gitMinor=${minor}`,
    `-X k8s.io/client-go/pkg/version.gitVersion=${version}`,
  ].join(' ');
};

const programs = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
];

/** The programs of Kubernetes: control plane, kubelet, kube-proxy and kubectl. */
export const kubernetes: Tool = {
  name: 'kubernetes',
  module: 'k8s.io/kubernetes',
  packages: programs.map((program) => `k8s.io/kubernetes/cmd/${program}`),
  ldflags: kubernetesVersion,
  minutes: 9,
};

/** The store of the API server. */
export const etcd: Tool = { name: 'etcd', module: 'go.etcd.io/etcd/server/v3', packages: ['.'], minutes: 2 };

/** The process that holds a pod's namespaces. */
export const pause: Tool = { name: 'pause', packages: ['.'], minutes: 0.1 };

/** The DNS server of the cluster. */
export const coredns: Tool = {
  name: 'coredns',
  module: 'github.com/coredns/coredns',
  packages: ['.'],
  minutes: 2,
};

/** Simulates nodes and the pods on them. */
export const kwok: Tool = {
  name: 'kwok',
  module: 'sigs.k8s.io/kwok',
  packages: ['sigs.k8s.io/kwok/cmd/kwok'],
  minutes: 2,
};

/** Serves the CPU and memory of pods to HPAs. */
export const metricsServer: Tool = {
  name: 'metrics-server',
  module: 'sigs.k8s.io/metrics-server',
  packages: ['sigs.k8s.io/metrics-server/cmd/metrics-server'],
  minutes: 3,
};

const stateModule = 'k8s.io/kube-state-metrics/v2';

/** What the API server holds, as metrics. */
export const kubeStateMetrics: Tool = {
  name: 'kube-state-metrics',
  module: stateModule,
  packages: [stateModule],
  minutes: 4,
};

/** The ingress controller. */
export const traefik: Tool = {
  name: 'traefik',
  module: 'github.com/traefik/traefik/v3',
  packages: ['github.com/traefik/traefik/v3/cmd/traefik'],
  minutes: 6,
};

const operatorModule = 'github.com/prometheus-operator/prometheus-operator';

/** Turns ServiceMonitors and PrometheusRules into what Prometheus reads, and has it read them again. */
export const prometheusOperator: Tool = {
  name: 'prometheus-operator',
  module: operatorModule,
  packages: ['operator', 'prometheus-config-reloader'].map((program) => `${operatorModule}/cmd/${program}`),
  minutes: 4,
};

const prometheusModule = 'github.com/prometheus/prometheus';

/** Prometheus and promtool. */
export const prometheus: Tool = {
  name: 'prometheus',
  module: prometheusModule,
  packages: [`${prometheusModule}/cmd/prometheus`],
  minutes: 6,
};

const alertmanagerModule = 'github.com/prometheus/alertmanager';

/** Its page is built outside the Go module: a text stands in its place. */
export const alertmanager: Tool = {
  name: 'alertmanager',
  module: alertmanagerModule,
  packages: ['alertmanager', 'amtool'].map((program) => `${alertmanagerModule}/cmd/${program}`),
  absent: { 'ui/app/dist/index.html.gz': 'The page is not part of this build; amtool and the API are.' },
  minutes: 2,
};

const adapterModule = 'sigs.k8s.io/prometheus-adapter';

/** Serves external metrics from Prometheus to HPAs. */
export const prometheusAdapter: Tool = {
  name: 'prometheus-adapter',
  module: adapterModule,
  packages: [`${adapterModule}/cmd/adapter`],
  minutes: 3,
};

const kedaModule = 'github.com/kedacore/keda/v2';

/** KEDA's operator and its metrics server. */
export const keda: Tool = {
  name: 'keda',
  module: kedaModule,
  packages: ['operator', 'adapter'].map((program) => `${kedaModule}/cmd/${program}`),
  minutes: 8,
};

const cdModule = 'github.com/argoproj/argo-cd/v3';

/** One binary, `cmd`, whose part is chosen by ARGOCD_BINARY_NAME. */
export const argoCd: Tool = { name: 'argo-cd', module: cdModule, packages: [`${cdModule}/cmd`], minutes: 7 };

const rolloutsModule = 'github.com/argoproj/argo-rollouts';

/** The controller of canary releases. */
export const argoRollouts: Tool = {
  name: 'argo-rollouts',
  module: rolloutsModule,
  packages: [`${rolloutsModule}/cmd/rollouts-controller`],
  minutes: 3,
};

const logsModule = 'github.com/VictoriaMetrics/VictoriaLogs';

/** The log store of one node. */
export const victoriaLogs: Tool = {
  name: 'victoria-logs',
  module: logsModule,
  packages: [`${logsModule}/app/victoria-logs`],
  minutes: 0.5,
};

/**
 * The log agent, with the parts that its configuration names. Its Go files are what the collector's builder writes.
 * @see https://opentelemetry.io/docs/collector/extend/ocb/
 */
export const otelCollector: Tool = {
  name: 'otel-collector',
  module: 'go.opentelemetry.io/collector/otelcol',
  packages: ['.'],
  minutes: 4,
};

const elasticsearchExporterModule = 'github.com/prometheus-community/elasticsearch_exporter';

/** Serves what Elasticsearch reports of itself as metrics. */
export const elasticsearchExporter: Tool = {
  name: 'elasticsearch-exporter',
  module: elasticsearchExporterModule,
  packages: [elasticsearchExporterModule],
  minutes: 1,
};

const redisExporterModule = 'github.com/oliver006/redis_exporter';

/** Serves what Redis reports of itself as metrics. */
export const redisExporter: Tool = {
  name: 'redis-exporter',
  module: redisExporterModule,
  packages: [redisExporterModule],
  minutes: 1,
};

const s3Module = 'github.com/versity/versitygw';

/** An S3 server on a folder. */
export const versitygw: Tool = {
  name: 'versitygw',
  module: s3Module,
  packages: [`${s3Module}/cmd/versitygw`],
  minutes: 2,
};

/** A server of MongoDB's protocol on SQLite. */
export const ferretdb: Tool = {
  name: 'ferretdb',
  module: 'github.com/FerretDB/FerretDB',
  packages: ['.'],
  minutes: 1,
};

const mongoToolsModule = 'github.com/mongodb/mongo-tools';
/** Each is one program, which Go names after the last element of its package: `main`. */
const mongoTool = (program: string): Tool => ({
  name: 'mongo-tools',
  module: mongoToolsModule,
  packages: [`${mongoToolsModule}/${program}/main`],
  minutes: 1,
});

/** The dump of MongoDB's own tools. */
export const mongodump: Tool = mongoTool('mongodump');

/** What brings such a dump back. */
export const mongorestore: Tool = mongoTool('mongorestore');
