/**
 * Prometheus Operator and one Prometheus that takes every ServiceMonitor and PrometheusRule of the cluster.
 * The page's Service is named as kube-prometheus-stack names it, so that an Ingress onto it answers.
 * @see https://prometheus-operator.dev/docs/
 */
import type { KubernetesObject } from '../cluster.ts';
import { toolVersion } from '../lib/tools.ts';
import { prometheus } from '../tools.ts';
import { access, deployment, service } from './objects.ts';

/** The namespace of Prometheus in the test cluster. */
export const monitoringNamespace = 'monitoring';

/** The image that the test cluster runs Prometheus from. */
export const prometheusImage = 'sluice.test/prometheus:1';
/** The image that the test cluster runs Prometheus Operator from. */
export const operatorImage = 'sluice.test/prometheus-operator:1';
/** The image of the reloader beside Prometheus. */
export const reloaderImage = 'sluice.test/prometheus-config-reloader:1';

const operator = { name: 'prometheus-operator', namespace: monitoringNamespace };
const scraper = { name: 'prometheus', namespace: monitoringNamespace };

/** Go modules number it otherwise: v0.315.0 is release 3.15.0. @see https://github.com/prometheus/prometheus#prometheus-code-base */
const releaseOf = (module: string): string =>
  module.replace(
    /^v0\.(\d)(\d\d)\.(\d+)$/,
    (_, major, minor, patch) => `v${major}.${Number(minor)}.${patch}`,
  );

const all = ['*'];
const read = ['get', 'list', 'watch'];

const operatorPod = deployment({
  ...operator,
  image: operatorImage,
  args: [
    `--prometheus-config-reloader=${reloaderImage}`,
    '--disable-unmanaged-prometheus-configuration=false',
  ],
  ports: [{ name: 'http', containerPort: 8080 }],
  readiness: { httpGet: { path: '/healthz', port: 'http' } },
  memory: '200Mi',
});

const instance: KubernetesObject = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'Prometheus',
  metadata: { name: 'prometheus', namespace: monitoringNamespace },
  spec: {
    image: prometheusImage,
    imagePullPolicy: 'IfNotPresent',
    version: releaseOf(toolVersion(prometheus)),
    replicas: 1,
    serviceAccountName: scraper.name,
    serviceMonitorSelector: {},
    serviceMonitorNamespaceSelector: {},
    ruleSelector: {},
    ruleNamespaceSelector: {},
    scrapeInterval: '5s',
    evaluationInterval: '5s',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65534,
      fsGroup: 65534,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    resources: { requests: { cpu: '50m', memory: '100Mi' }, limits: { memory: '500Mi' } },
  },
};

const page: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-prometheus-stack-prometheus', namespace: monitoringNamespace },
  spec: {
    selector: { 'operator.prometheus.io/name': instance.metadata.name },
    ports: [{ name: 'http-web', port: 9090, targetPort: 'web' }],
  },
};

/** The objects that install Prometheus and its operator. */
export const prometheusObjects: readonly KubernetesObject[] = [
  ...access(operator, [
    { apiGroups: ['monitoring.coreos.com'], resources: all, verbs: all },
    { apiGroups: ['apps'], resources: ['statefulsets'], verbs: all },
    { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: all },
    { apiGroups: [''], resources: ['services', 'services/finalizers'], verbs: all },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
    { apiGroups: [''], resources: ['nodes', 'namespaces'], verbs: read },
    { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: all },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
  ]),
  ...access(scraper, [
    { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  ]),
  operatorPod,
  service(operator, { 8080: 'http' }),
  instance,
  page,
];
