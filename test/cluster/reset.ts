/** A shared cluster between two files: as it was when it came up, but for what is slow to bring and harms none. */
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';

/** `namespace/api`, `priorityclass.scheduling.k8s.io/low`: an object outside of namespaces, as kubectl names it. */
type Name = string;

/** Definitions are slow to bring; the other two follow what they are made for. */
const KEPT = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'ipaddresses.networking.k8s.io',
];

/** The objects that the cluster came up with, kept in itself: a recreated cluster has a new baseline. */
const BASELINE = { name: 'test-baseline', namespace: 'kube-system' };

/** Pods are killed, not asked; a node takes its time all the same. */
const PATIENCE_SECONDS = 300;

const lines = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** Everything outside of namespaces that can be removed, of whatever types the server has by now. */
async function clusterObjects(cluster: Cluster): Promise<Name[]> {
  const types = [
    'api-resources',
    '--namespaced=false',
    '--verbs=list,delete',
    '--output=name',
    '--cached=false',
  ];
  const { stdout } = await cluster.kubectl(types);
  const wanted = lines(stdout).filter((type) => !KEPT.includes(type));
  const objects = await cluster.kubectl(['get', wanted.join(','), '--output=name']);
  return [...lines(objects.stdout), ...(await aggregatedApis(cluster))];
}

/** APIs that a pod serves: without their server they would keep every namespace from ending. */
async function aggregatedApis(cluster: Cluster): Promise<Name[]> {
  const jsonpath = 'jsonpath={range .items[?(@.spec.service)]}apiservice/{.metadata.name} {end}';
  return lines((await cluster.kubectl(['get', 'apiservices', '--output', jsonpath])).stdout);
}

async function remember(cluster: Cluster, objects: readonly Name[]): Promise<void> {
  const data = { objects: objects.join('\n') };
  await cluster.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: BASELINE, data }]);
}

async function baselineOf(cluster: Cluster): Promise<readonly Name[]> {
  const get = ['-n', BASELINE.namespace, 'get', 'configmap', BASELINE.name, '--ignore-not-found'];
  return lines((await cluster.kubectl([...get, '--output', 'jsonpath={.data.objects}'])).stdout);
}

async function remove(cluster: Cluster, objects: readonly Name[]): Promise<void> {
  if (objects.length > 0) await cluster.kubectl(['delete', ...objects, '--ignore-not-found', '--wait=false']);
}

const ofType = (type: string, objects: readonly Name[]): string[] =>
  objects.filter((name) => name.startsWith(`${type}/`)).map((name) => name.slice(type.length + 1));

/** Kubernetes' own controllers are there to the end. */
const isOperators = (finalizer: string): boolean => !finalizer.includes('kubernetes.io/');

interface Held extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly finalizers?: readonly string[] };
}

/** Lets go of what waits for an operator that has been removed with its namespace. */
async function releaseFinalizers(cluster: Cluster, namespace: string): Promise<void> {
  const list = ['api-resources', '--namespaced', '--verbs=list,patch', '--output=name', '--cached=false'];
  const types = lines((await cluster.kubectl(list)).stdout).join(',');
  const { stdout } = await cluster.kubectl(['-n', namespace, 'get', types, '--output=json']);
  const { items } = JSON.parse(stdout) as { items: readonly Held[] };
  const patch = ['--type=merge', '--patch={"metadata":{"finalizers":null}}'];
  for (const { apiVersion, kind, metadata } of items.filter((one) =>
    one.metadata.finalizers?.some(isOperators),
  )) {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const type = [kind, ...(group === '' ? [] : [version, group])].join('.');
    await cluster.kubectl(['-n', namespace, 'patch', type, metadata.name, ...patch], { check: false });
  }
}

interface EndingNamespace extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const waitsForFinalizers = ({ status }: EndingNamespace): boolean =>
  status?.conditions?.some(
    ({ type, status: is }) => type === 'NamespaceFinalizersRemaining' && is === 'True',
  ) ?? false;

/** Namespaces end when their pods have; those are killed, because none of them has work left. */
async function removeNamespaces(cluster: Cluster, names: readonly string[]): Promise<void> {
  const all = names.map((name) => `namespace/${name}`);
  // A policy that was removed a moment ago is still enforced.
  await until('the namespaces to be let go', 60, async () => {
    await remove(cluster, all);
    return true;
  });
  const kill = ['delete', 'pods', '--all', '--force', '--grace-period=0', '--wait=false'];
  await Promise.all(names.map((name) => cluster.kubectl(['-n', name, ...kill], { check: false })));
  await until('the namespaces to be gone', PATIENCE_SECONDS, async () => {
    const { stdout } = await cluster.kubectl(['get', 'namespaces', '--output=json']);
    const { items } = JSON.parse(stdout) as { items: readonly EndingNamespace[] };
    const left = items.filter(({ metadata }) => names.includes(metadata.name));
    if (left.length === 0) return true;
    const held = left.filter(waitsForFinalizers);
    await Promise.all(held.map(({ metadata }) => releaseFinalizers(cluster, metadata.name)));
    throw new Error(`left: ${left.map(({ metadata }) => metadata.name).join(', ')}`);
  });
}

/** A node that still runs a killed pod also keeps the immutable Secrets that the pod had, under their names. */
async function nodesForget(
  cluster: Cluster,
  nodes: readonly string[],
  namespaces: readonly string[],
): Promise<void> {
  for (const node of nodes)
    await until(`${node} to end the pods`, PATIENCE_SECONDS, async () => {
      const { stdout } = await cluster.kubectl(['get', '--raw', `/api/v1/nodes/${node}/proxy/pods`]);
      const { items } = JSON.parse(stdout) as { items: readonly KubernetesObject[] | null };
      return !(items ?? []).some(({ metadata }) => namespaces.includes(metadata.namespace ?? ''));
    });
}

/** The first time remembers what is there; later ones remove whatever came since. */
export async function resetCluster(cluster: Cluster): Promise<void> {
  const [before, now] = [await baselineOf(cluster), await clusterObjects(cluster)];
  if (before.length === 0) return remember(cluster, now);
  const added = now.filter((name) => !before.includes(name));
  const namespaces = ofType('namespace', added);
  // Nodes go last, when no pod of theirs is left; admission and aggregated APIs first: they may forbid the rest.
  await remove(
    cluster,
    added.filter((name) => !/^(namespace|node)\//.test(name)),
  );
  await removeNamespaces(cluster, namespaces);
  await nodesForget(cluster, ofType('node', before), namespaces);
  await remove(
    cluster,
    added.filter((name) => name.startsWith('node/')),
  );
}
