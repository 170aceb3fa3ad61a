import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../cluster.ts';
import { type ClusterPaths, nodeName } from '../from-source/cluster-paths.ts';
import { access, bind, deployment, service } from './objects.ts';

/**
 * Volumes made beforehand: a default StorageClass that binds a claim when its pod is scheduled, and
 * folders of the node as `local` volumes (unlike hostPath they honour a pod's fsGroup).
 */
/** Enough for every claim of a test run: a released volume is not used again. */
const count = 30;

/** What a claim may ask for at most; nothing holds the folder to it. */
const capacity = '100Gi';

const storageClass: KubernetesObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local-volumes', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};

const onThisNode = {
  required: {
    nodeSelectorTerms: [
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
    ],
  },
};

function volume(name: string, path: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: capacity },
      accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: storageClass.metadata.name,
      local: { path },
      nodeAffinity: onThisNode,
    },
  };
}

/** Makes the folders. @returns the StorageClass and one PersistentVolume a folder */
export function storageObjects(at: ClusterPaths): KubernetesObject[] {
  const names = Array.from({ length: count }, (_, index) => `volume-${String(index + 1).padStart(2, '0')}`);
  const volumes = names.map((name) => {
    const path = join(at.state, 'volumes', name);
    mkdirSync(path, { recursive: true });
    // As local-path-provisioner makes them: fsGroup is not set on a volume that a pod reads before another writes it.
    chmodSync(path, 0o777);
    return volume(name, path);
  });
  return [storageClass, ...volumes];
}

/** `kubectl top` and the HPA's resource metrics. @see https://github.com/kubernetes-sigs/metrics-server */
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
