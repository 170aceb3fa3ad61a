import type { HelmChart } from '../packages/contracts/platform.ts';

const argo = 'https://argoproj.github.io/argo-helm';
const aws = 'https://aws.github.io/eks-charts';
const prometheus = 'https://prometheus-community.github.io/helm-charts';
// An OCI registry: Argo CD takes its path without a scheme.
const karpenter = 'public.ecr.aws/karpenter';

/** Every Helm chart, pinned; the only place that names a version or a repository. */
export const charts = {
  'argo-cd': { repoURL: argo, chart: 'argo-cd', version: '10.1.1' },
  'argo-rollouts': { repoURL: argo, chart: 'argo-rollouts', version: '2.41.0' },
  'aws-efs-csi-driver': {
    repoURL: 'https://kubernetes-sigs.github.io/aws-efs-csi-driver',
    chart: 'aws-efs-csi-driver',
    version: '4.4.1',
  },
  'aws-load-balancer-controller': { repoURL: aws, chart: 'aws-load-balancer-controller', version: '3.5.0' },
  'cert-manager': { repoURL: 'https://charts.jetstack.io', chart: 'cert-manager', version: 'v1.21.2' },
  'eck-operator': { repoURL: 'https://helm.elastic.co', chart: 'eck-operator', version: '3.5.0' },
  'external-secrets': {
    repoURL: 'https://charts.external-secrets.io',
    chart: 'external-secrets',
    version: '2.9.0',
  },
  'fluent-bit': { repoURL: 'https://fluent.github.io/helm-charts', chart: 'fluent-bit', version: '0.58.1' },
  jenkins: { repoURL: 'https://charts.jenkins.io', chart: 'jenkins', version: '5.9.53' },
  karpenter: { repoURL: karpenter, chart: 'karpenter', version: '1.14.1' },
  'karpenter-crd': { repoURL: karpenter, chart: 'karpenter-crd', version: '1.14.1' },
  keda: { repoURL: 'https://kedacore.github.io/charts', chart: 'keda', version: '2.20.2' },
  'kube-prometheus-stack': { repoURL: prometheus, chart: 'kube-prometheus-stack', version: '88.5.3' },
  loki: { repoURL: 'https://grafana-community.github.io/helm-charts', chart: 'loki', version: '18.11.0' },
  'metrics-server': {
    repoURL: 'https://kubernetes-sigs.github.io/metrics-server',
    chart: 'metrics-server',
    version: '3.13.1',
  },
  'opentelemetry-collector': {
    repoURL: 'https://open-telemetry.github.io/opentelemetry-helm-charts',
    chart: 'opentelemetry-collector',
    version: '0.170.0',
  },
  // Its second release: Kubernetes' events, which one pod reads for the whole cluster.
  'opentelemetry-events': {
    repoURL: 'https://open-telemetry.github.io/opentelemetry-helm-charts',
    chart: 'opentelemetry-collector',
    version: '0.170.0',
  },
  'prometheus-adapter': { repoURL: prometheus, chart: 'prometheus-adapter', version: '5.3.0' },
  'prometheus-operator-crds': { repoURL: prometheus, chart: 'prometheus-operator-crds', version: '31.0.1' },
  // Its version is that of the operator, which the objects of MongoDB name too.
  'psmdb-operator': {
    repoURL: 'https://percona.github.io/percona-helm-charts',
    chart: 'psmdb-operator',
    version: '1.22.0',
  },
  traefik: { repoURL: 'https://traefik.github.io/charts', chart: 'traefik', version: '41.3.0' },
  'trust-manager': { repoURL: 'https://charts.jetstack.io', chart: 'trust-manager', version: 'v0.24.0' },
  'victoria-logs': {
    repoURL: 'https://victoriametrics.github.io/helm-charts',
    chart: 'victoria-logs-single',
    version: '0.13.9',
  },
} as const satisfies Readonly<Record<string, HelmChart>>;

/** What an environment can ask for. */
export type AddonName = keyof typeof charts;
