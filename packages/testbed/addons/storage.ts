/**
 * Volumes made beforehand: a default StorageClass that binds a claim when its pod is scheduled, and
 * folders of the node as `local` volumes (unlike hostPath they honour a pod's fsGroup).
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../cluster.ts';
import { type ClusterPaths, nodeName } from '../from-source/cluster-paths.ts';

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
