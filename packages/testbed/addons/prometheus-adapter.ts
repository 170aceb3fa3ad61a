/**
 * External metrics for HPAs, by the rules and from the Prometheus that an environment names.
 * @see https://github.com/kubernetes-sigs/prometheus-adapter
 */
import { prometheusAdapter as addon } from '../../../apps/addons/metrics-apis.ts';
import type { KubernetesObject } from '../cluster.ts';
import { access, bind, deployment, type Installed, service } from './objects.ts';
import { monitoringNamespace } from './prometheus.ts';

const id = { name: 'prometheus-adapter', namespace: monitoringNamespace };

/** The image that the test cluster runs prometheus-adapter from. */
export const prometheusAdapterImage = 'sluice.test/prometheus-adapter:1';

const folder = '/etc/adapter';

/** The ConfigMap as the chart writes it. JSON is YAML. */
const fileOf = (externalRules: unknown): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: id,
  data: { 'config.yaml': JSON.stringify({ externalRules }, undefined, 2) },
});

const podOf = (prometheusUrl: string): KubernetesObject =>
  deployment({
    ...id,
    image: prometheusAdapterImage,
    args: [
      '--secure-port=6443',
      '--cert-dir=/tmp',
      `--config=${folder}/config.yaml`,
      `--prometheus-url=${prometheusUrl}`,
      // How soon a new series is known; 1m in production.
      '--metrics-relist-interval=10s',
    ],
    ports: [{ name: 'https', containerPort: 6443 }],
    readiness: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' } },
    memory: '300Mi',
    volumes: [
      { path: '/tmp', volume: { name: 'tmp', emptyDir: {} } },
      { path: folder, volume: { name: 'config', configMap: { name: id.name } } },
    ],
  });

const api: KubernetesObject = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.external.metrics.k8s.io' },
  spec: {
    group: 'external.metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    // It signs its own certificate at start, which is enough for a test cluster.
    insecureSkipTLSVerify: true,
    service: id,
  },
};

const role = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });

/** The objects that install prometheus-adapter, with the rules that an environment has for it. */
export function prometheusAdapterObjects({ environment, system }: Installed): readonly KubernetesObject[] {
  const { prometheus, rules } = addon.values(environment, system);
  return [
    ...access(id, [
      {
        apiGroups: [''],
        resources: ['pods', 'nodes', 'namespaces', 'services', 'configmaps'],
        verbs: ['get', 'list', 'watch'],
      },
    ]),
    bind(id, 'prometheus-adapter:delegator', role('system:auth-delegator')),
    fileOf(rules.external),
    podOf(`${prometheus.url}:${prometheus.port}`),
    service(id, { 443: 'https' }),
    api,
  ];
}
