/** A shared cluster between two files: as it was when it came up, but for what is slow to bring and harms none. */
import type { Cluster, KubernetesObject } from '../bed/cluster.ts';
import { until } from '../bed/lib/until.ts';

/** What stays beside these: definitions, images on the nodes, and objects in namespaces that were there before. */
const KINDS = [
  'apiservices.apiregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'namespaces',
  'nodes',
  'priorityclasses.scheduling.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
] as const;

/** What the cluster came up with, kept in itself: whoever makes it anew begins anew. */
const BASELINE = { name: 'test-baseline', namespace: 'kube-system' };

const MINUTE = 60;
/** Pods are killed, not asked; a busy machine takes its time all the same. */
const PATIENCE_SECONDS = 5 * MINUTE;

type Kind = (typeof KINDS)[number];
type Baseline = Readonly<Record<Kind, readonly string[]>>;

async function namesOf(cluster: Cluster, kind: string): Promise<string[]> {
  const { stdout } = await cluster.kubectl(['get', kind, '-o', 'jsonpath={.items[*].metadata.name}']);
  return stdout.split(' ').filter(Boolean);
}

async function remember(cluster: Cluster): Promise<void> {
  const lists = await Promise.all(KINDS.map(async (kind) => [kind, await namesOf(cluster, kind)] as const));
  const data = { kinds: JSON.stringify(Object.fromEntries(lists)) };
  await cluster.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: BASELINE, data }]);
}

async function baselineOf(cluster: Cluster): Promise<Baseline | undefined> {
  const get = ['-n', BASELINE.namespace, 'get', 'configmap', BASELINE.name, '--ignore-not-found'];
  const { stdout } = await cluster.kubectl([...get, '-o', 'jsonpath={.data.kinds}']);
  return stdout === '' ? undefined : (JSON.parse(stdout) as Baseline);
}

const remove = (cluster: Cluster, kind: string, names: readonly string[]) =>
  names.length === 0
    ? undefined
    : cluster.kubectl(['delete', kind, ...names, '--ignore-not-found', '--wait=false']);

/** Namespaces end when their pods have; those are killed, for none of them has anything left to do. */
async function removeNamespaces(cluster: Cluster, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await remove(cluster, 'namespaces', names);
  const kill = [
    'delete',
    'pods',
    '--all',
    '--force',
    '--grace-period=0',
    '--ignore-not-found',
    '--wait=false',
  ];
  await Promise.all(names.map((name) => cluster.kubectl(['-n', name, ...kill])));
  await until('the namespaces to be gone', PATIENCE_SECONDS, async () => {
    const left = (await namesOf(cluster, 'namespaces')).filter((name) => names.includes(name));
    if (left.length === 0) return true;
    throw new Error(`left: ${left.join(', ')}`);
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

/** Custom resources outside of namespaces, of whatever definitions there are. */
async function removeClusterResources(cluster: Cluster): Promise<void> {
  const { stdout } = await cluster.kubectl([
    ...['get', 'customresourcedefinitions', '-o'],
    'jsonpath={range .items[?(@.spec.scope=="Cluster")]}{.metadata.name} {end}',
  ]);
  for (const kind of stdout.split(' ').filter(Boolean))
    await cluster.kubectl(['delete', kind, '--all', '--wait=false']);
}

/** The first time remembers what is there; later ones remove whatever came since. */
export async function resetCluster(cluster: Cluster): Promise<void> {
  const before = await baselineOf(cluster);
  if (before === undefined) return remember(cluster);
  const added = async (kind: Kind) =>
    (await namesOf(cluster, kind)).filter((name) => !before[kind].includes(name));
  // An aggregated API without its server would keep every namespace from ending.
  for (const kind of KINDS.slice(0, KINDS.indexOf('namespaces')))
    await remove(cluster, kind, await added(kind));
  await removeClusterResources(cluster);
  const namespaces = await added('namespaces');
  await removeNamespaces(cluster, namespaces);
  await nodesForget(cluster, before.nodes, namespaces);
  for (const kind of KINDS.slice(KINDS.indexOf('namespaces') + 1))
    await remove(cluster, kind, await added(kind));
}
