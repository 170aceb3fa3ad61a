/** `kubectl top` and the HPA's resource metrics. @see https://github.com/kubernetes-sigs/metrics-server */
import type { KubernetesObject } from '../cluster.ts';
import { access, bind, deployment, service } from './objects.ts';

const id = { name: 'metrics-server', namespace: 'kube-system' };

/** The image that the test cluster runs metrics-server from. */
export const metricsServerImage = 'sluice.test/metrics-server:1';

const pod = deployment({
  ...id,
  image: metricsServerImage,
  args: [
    '--secure-port=10250',
    '--cert-dir=/tmp',
    '--kubelet-preferred-address-types=InternalIP',
    '--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
    // The shortest it takes (and longer than a request may last): tests wait for the first reading.
    '--metric-resolution=10s',
    '--kubelet-request-timeout=5s',
  ],
  ports: [{ name: 'https', containerPort: 10250 }],
  readiness: { httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' } },
  memory: '200Mi',
  volumes: [{ path: '/tmp', volume: { name: 'tmp', emptyDir: {} } }],
});

const api: KubernetesObject = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    // It signs its own certificate at start, which is enough for a test cluster.
    insecureSkipTLSVerify: true,
    service: { name: id.name, namespace: id.namespace },
  },
};

const role = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });

/** The objects that install metrics-server. */
export const metricsServerObjects: readonly KubernetesObject[] = [
  ...access(id, [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    {
      apiGroups: [''],
      resources: ['pods', 'nodes', 'namespaces', 'configmaps'],
      verbs: ['get', 'list', 'watch'],
    },
  ]),
  bind(id, 'metrics-server:delegator', role('system:auth-delegator')),
  pod,
  service(id, { 443: 'https' }),
  api,
];
