import { below, type Default, type Defaults } from './workloads.ts';

/** A chart always says its version. @see https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/ */
const source = (at: string): Readonly<Record<string, Default>> => ({
  [`${at}.targetRevision`]: ({ chart }) => (chart === undefined ? 'HEAD' : undefined),
  [`${at}.directory.recurse`]: false,
  [`${at}.helm.skipCrds`]: false,
  [`${at}.helm.passCredentials`]: false,
  [`${at}.helm.ignoreMissingValueFiles`]: false,
});

/** What Prometheus itself takes. @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config */
const scraped = { path: '/metrics', scheme: 'http', honorLabels: false, honorTimestamps: true };

/**
 * Of objects of operators.
 * @see https://github.com/argoproj/argo-rollouts/blob/v1.9.2/utils/defaults/defaults.go
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export const customResourceDefaults: Defaults = [
  ...below('Application.argoproj.io.spec', {
    project: 'default',
    revisionHistoryLimit: 10,
    'syncPolicy.automated.prune': false,
    'syncPolicy.automated.selfHeal': false,
    'syncPolicy.automated.allowEmpty': false,
    'syncPolicy.automated.enabled': true,
    'syncPolicy.retry.backoff.factor': 2,
    ...source('source'),
    ...source('sources.*'),
  }),
  ...below('Rollout.argoproj.io.spec', {
    paused: false,
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    'strategy.canary.maxSurge': '25%',
    'strategy.canary.maxUnavailable': '25%',
    'strategy.blueGreen.autoPromotionEnabled': true,
  }),
  ...below('ScaledObject.keda.sh.spec', {
    pollingInterval: 30,
    cooldownPeriod: 300,
    minReplicaCount: 0,
    maxReplicaCount: 100,
    'scaleTargetRef.apiVersion': 'apps/v1',
    'scaleTargetRef.kind': 'Deployment',
  }),
  ...['HTTPRoute', 'GRPCRoute'].flatMap((kind) =>
    below(`${kind}.spec`, {
      'parentRefs.*.group': 'gateway.networking.k8s.io',
      'parentRefs.*.kind': 'Gateway',
      'rules.*.backendRefs.*.group': '',
      'rules.*.backendRefs.*.kind': 'Service',
      'rules.*.backendRefs.*.weight': 1,
      'rules.*.matches.*.path.type': 'PathPrefix',
      'rules.*.matches.*.path.value': '/',
    }),
  ),
  ...below('Certificate.cert-manager.io.spec', {
    'issuerRef.kind': 'Issuer',
    'issuerRef.group': 'cert-manager.io',
  }),
  ...below('ServiceMonitor.monitoring.coreos.com.spec.endpoints.*', scraped),
  ...below('PodMonitor.monitoring.coreos.com.spec.podMetricsEndpoints.*', scraped),
  ...below('ScaledJob.keda.sh.spec', {
    pollingInterval: 30,
    maxReplicaCount: 100,
    minReplicaCount: 0,
    successfulJobsHistoryLimit: 100,
    failedJobsHistoryLimit: 100,
    'rollout.strategy': 'immediate',
    'scalingStrategy.strategy': 'default',
  }),
  ...below('ExternalSecret.external-secrets.io.spec', {
    refreshInterval: '1h',
    'secretStoreRef.kind': 'SecretStore',
    'target.creationPolicy': 'Owner',
    'target.deletionPolicy': 'Retain',
    'data.*.remoteRef.conversionStrategy': 'Default',
    'data.*.remoteRef.decodingStrategy': 'None',
    'data.*.remoteRef.metadataPolicy': 'None',
  }),
];
