/** Shapes that every addon's objects share. */
import type { System } from '../../../apps/application.ts';
import type { Environment } from '../../../environments/environment.ts';
import type { KubernetesObject } from '../cluster.ts';

/** The environment whose addons a test cluster has, with what its applications contribute. */
export interface Installed {
  readonly environment: Environment;
  readonly system: System;
}

/** The name and the namespace of an addon. */
export interface AddonIdentity {
  readonly name: string;
  readonly namespace: string;
}

/** A rule of a ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The one pod of an addon. */
export interface AddonPod extends AddonIdentity {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readiness: Readonly<Record<string, unknown>>;
  /** Bytes it may hold at most, as a quantity. */
  readonly memory: string;
  readonly volumes?: readonly {
    readonly path: string;
    readonly volume: { readonly name: string; readonly [source: string]: unknown };
  }[];
}

/** The labels by which an addon's pod is selected. */
export const labelsOf = ({ name }: AddonIdentity) => ({ 'app.kubernetes.io/name': name });

const group = 'rbac.authorization.k8s.io';

/** A ServiceAccount with cluster-wide rules. */
export function access(id: AddonIdentity, rules: readonly Rule[]): KubernetesObject[] {
  const cluster = { name: id.name, labels: labelsOf(id) };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...cluster, namespace: id.namespace } },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: cluster, rules },
    bind(id, id.name, { apiGroup: group, kind: 'ClusterRole', name: id.name }),
  ];
}

/** Binds the addon's ServiceAccount to a ClusterRole everywhere. */
export function bind(
  id: AddonIdentity,
  name: string,
  roleRef: Readonly<Record<string, string>>,
): KubernetesObject {
  const subjects = [{ kind: 'ServiceAccount', name: id.name, namespace: id.namespace }];
  const metadata = { name, labels: labelsOf(id) };
  return { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects };
}

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** One pod that keeps to the restricted Pod Security Standard. */
export function deployment(pod: AddonPod): KubernetesObject {
  const labels = labelsOf(pod);
  const volumes = pod.volumes ?? [];
  const container = {
    name: pod.name,
    image: pod.image,
    imagePullPolicy: 'IfNotPresent',
    args: pod.args,
    ports: pod.ports,
    readinessProbe: { ...pod.readiness, periodSeconds: 1 },
    resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: pod.memory } },
    securityContext: restricted,
    volumeMounts: volumes.map(({ path, volume }) => ({ name: volume.name, mountPath: path })),
  };
  const spec = {
    serviceAccountName: pod.name,
    securityContext: { runAsNonRoot: true, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: volumes.map(({ volume }) => volume),
  };
  const metadata = { name: pod.name, namespace: pod.namespace, labels };
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { selector: { matchLabels: labels }, template },
  };
}

/** @param ports Service port -> name of the container's port */
export function service(id: AddonIdentity, ports: Readonly<Record<number, string>>): KubernetesObject {
  const list = Object.entries(ports).map(([port, name]) => ({ name, port: Number(port), targetPort: name }));
  const metadata = { name: id.name, namespace: id.namespace, labels: labelsOf(id) };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labelsOf(id), ports: list } };
}

/** A Namespace of that name. */
export const namespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});
