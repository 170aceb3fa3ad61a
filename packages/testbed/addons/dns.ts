/** CoreDNS as pods: names of the cluster only, because there is no network to forward to. */

import type { KubernetesObject } from '../cluster.ts';
import { addresses } from '../from-source/cluster-paths.ts';

/** The image that the test cluster runs CoreDNS from. */
export const corednsImage = 'sluice.test/coredns:1';

const labels = { 'app.kubernetes.io/name': 'coredns', 'k8s-app': 'kube-dns' };
const metadata = { name: 'coredns', namespace: 'kube-system', labels };

/** Above 1023, so that it needs no capability. */
const port = 1053;

const corefile = `.:${port} {
    errors
    health :8080 {
        lameduck 2s
    }
    ready :8181
    prometheus :9153
    kubernetes cluster.local in-addr.arpa
    cache 5
}
`;

const access: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'coredns', labels },
    rules: [
      { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'coredns', labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
    subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: 'kube-system' }],
  },
];

const container = {
  name: 'coredns',
  image: corednsImage,
  imagePullPolicy: 'IfNotPresent',
  args: ['-conf', '/etc/coredns/Corefile'],
  ports: [
    { name: 'dns', containerPort: port, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: port, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9153 },
  ],
  readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
  // A busy node is no reason to be without names.
  livenessProbe: { httpGet: { path: '/health', port: 8080 }, failureThreshold: 12, timeoutSeconds: 10 },
  resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '128Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
};

const workload: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'coredns',
          priorityClassName: 'system-cluster-critical',
          dnsPolicy: 'Default',
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  },
];

const service: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...metadata, name: 'kube-dns' },
  spec: {
    clusterIP: addresses.dns,
    selector: labels,
    ports: [
      { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 'dns-tcp', protocol: 'TCP' },
      { name: 'metrics', port: 9153, targetPort: 'metrics', protocol: 'TCP' },
    ],
  },
};

/** The objects that install CoreDNS. */
export const dnsObjects: readonly KubernetesObject[] = [...access, ...workload, service];
