import { below, type Defaults } from './table.ts';

/**
 * Of objects of operators.
 * @see https://github.com/argoproj/argo-rollouts/blob/v1.9.2/utils/defaults/defaults.go
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export const customResourceDefaults: Defaults = [
  ...below('Application.argoproj.io.spec', {
    'source.directory.recurse': false,
    'sources.*.directory.recurse': false,
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
  ...below('ExternalSecret.external-secrets.io.spec', {
    'secretStoreRef.kind': 'SecretStore',
    'target.creationPolicy': 'Owner',
    'target.deletionPolicy': 'Retain',
    'data.*.remoteRef.conversionStrategy': 'Default',
    'data.*.remoteRef.decodingStrategy': 'None',
    'data.*.remoteRef.metadataPolicy': 'None',
  }),
];
