/** An addon that must be there before Argo CD can bring it: the same chart, version and values. */
import { parseAllDocuments } from 'yaml';
import type { Addon } from '../../apps/addons/addon.ts';
import { systemIn } from '../../apps/main.ts';
import { charts } from '../../environments/versions.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { apply, rolledOut } from './apply.ts';
import type { ClusterLike } from './machine.ts';
import type { At } from './step.ts';
import type { BootstrapInput } from './wanted.ts';

/** What helm is asked for; the values follow through standard input. */
export function templateArguments({ charts: given }: BootstrapInput, { name, namespace }: Addon): string[] {
  const { repoURL, chart, version } = charts[name];
  const path = given.get(name);
  const source = path === undefined ? [chart, '--repo', repoURL, '--version', version] : [path];
  return ['template', name, ...source, '--namespace', namespace.name, '--include-crds', '--values', '-'];
}

/** Resolves when every pod of it is ready. */
export async function installChart({ wanted, machine, cluster }: At, addon: Addon): Promise<void> {
  const values = JSON.stringify(addon.values(wanted.environment, systemIn(wanted.environment)));
  const kubernetes = ['--kube-version', await serverVersion(cluster)];
  const { stdout } = await machine.helm([...templateArguments(wanted, addon), ...kubernetes], {
    input: values,
    seconds: 300,
  });
  const objects = parseAllDocuments(stdout)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((one) => one !== null);
  const [definitions, rest] = partition(objects, ({ kind }) => kind === 'CustomResourceDefinition');
  await apply(cluster, definitions);
  await apply(cluster, await served(cluster, rest));
  await rolledOut(cluster, addon.namespace.name, 600);
}

async function serverVersion(cluster: ClusterLike): Promise<string> {
  const { stdout } = await cluster.kubectl(['version', '--output', 'json']);
  return (JSON.parse(stdout) as { serverVersion: { gitVersion: string } }).serverVersion.gitVersion;
}

/** A ServiceMonitor is left to Argo CD: its definition is that of an addon that comes later. */
async function served(
  cluster: ClusterLike,
  objects: readonly KubernetesObject[],
): Promise<KubernetesObject[]> {
  const { stdout } = await cluster.kubectl(['api-versions']);
  const versions = new Set(stdout.split('\n'));
  return objects.filter(({ apiVersion }) => versions.has(apiVersion));
}

const partition = <T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] => [
  all.filter(first),
  all.filter((one) => !first(one)),
];
