import { parseAllDocuments } from 'yaml';
import type { Addon } from '../../apps/addons/addon.ts';
import { argoCd as addon } from '../../apps/addons/argo.ts';
import { systemIn } from '../../apps/rendering.ts';
import { ARGOCD_NAMESPACE, ROOT } from '../../argocd/settings.ts';
import { charts } from '../../environments/versions.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { apply, find, rolledOut } from './apply.ts';
import { BootstrapError, type ClusterLike } from './machine.ts';
import type { At, Step } from './steps.ts';
import { type BootstrapInput, names, ofKind } from './wanted.ts';

/** What helm is asked for; the values follow through standard input. */
export function templateArguments({ charts: given }: BootstrapInput, { name, namespace }: Addon): string[] {
  const { repoURL, chart, version } = charts[name];
  const path = given.get(name);
  const source = path === undefined ? [chart, '--repo', repoURL, '--version', version] : [path];
  return ['template', name, ...source, '--namespace', namespace.name, '--include-crds', '--values', '-'];
}

/**
 * Installs an addon that must be there before Argo CD can bring it: the same chart, version and values. Resolves when
 * every pod of it is ready.
 */
export async function installChart({ wanted, machine, cluster }: At, addon: Addon): Promise<void> {
  const { environment, applications } = wanted;
  const values = JSON.stringify(addon.values(environment, systemIn(environment, applications)));
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

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */
interface Application {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly sync?: { readonly status?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly message: string }[];
  };
}

const BETWEEN = 2000;

const expectedNames = (wanted: BootstrapInput): string[] =>
  names(ofKind(wanted, 'Application', ARGOCD_NAMESPACE));

const isSettled = ({ status }: Application): boolean =>
  status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';

const stateOf = (name: string, found: Application | undefined): string => {
  if (found === undefined) return `${name} not there yet`;
  const { sync, health, conditions = [] } = found.status ?? {};
  const state = `${name} ${sync?.status || 'Unknown'}/${health?.status || 'Unknown'}`;
  return [state, ...conditions.map(({ message }) => message.slice(0, 200))].join(': ');
};

/** What is not as it should be; nothing where everything is. */
async function unsettled({ wanted, cluster }: At): Promise<string[]> {
  const get = ['get', 'applications.argoproj.io', '--output', 'json'];
  const { stdout } = await cluster.kubectl(['--namespace', ARGOCD_NAMESPACE, ...get]);
  const { items } = JSON.parse(stdout) as { items: Application[] };
  const found = new Map(items.map((one) => [one.metadata.name, one]));
  return [...new Set([...expectedNames(wanted), ...found.keys()])]
    .filter((name) => !isSettled(found.get(name) ?? { metadata: { name } }))
    .map((name) => stateOf(name, found.get(name)));
}

/** Every Application that the environment has, and those of earlier commits that were left. */
export const waitForApplications: Step = {
  title: 'Applications',
  plan: (wanted) => {
    const all = expectedNames(wanted);
    if (wanted.waitSeconds === undefined) return ['nothing: they are not waited for'];
    return [`wait until ${all.length} are Synced and Healthy: ${all.join(', ')}`];
  },
  done: async (at) => at.wanted.waitSeconds === undefined || (await unsettled(at)).length === 0,
  run: async (at) => {
    const { machine } = at;
    const seconds = at.wanted.waitSeconds ?? 0;
    const deadline = machine.now() + seconds * 1000;
    let said = '';
    for (;;) {
      // An API server that is away for a moment is not the end.
      const left = await unsettled(at).catch((error: unknown) => [String(error)]);
      if (left.length === 0) return;
      if (machine.now() >= deadline)
        throw new BootstrapError(`not Synced and Healthy within ${seconds} s:\n${left.join('\n')}`);
      const now = `waiting for ${left.length}: ${left.join(', ')}`;
      if (now !== said) machine.say(now);
      said = now;
      await machine.pause(BETWEEN);
    }
  },
};

interface Part extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

const CHART = 'helm.sh/chart';

async function parts(cluster: ClusterLike): Promise<Part[]> {
  const get = ['get', 'deployments,statefulsets', '--selector=app.kubernetes.io/part-of=argocd'];
  const { stdout } = await cluster.kubectl([
    ...['--namespace', ARGOCD_NAMESPACE],
    ...[...get, '--output', 'json'],
  ]);
  return (JSON.parse(stdout) as { items: Part[] }).items;
}

const isReady = ({ spec, status }: Part): boolean => (status?.readyReplicas ?? 0) >= (spec.replicas ?? 1);

const isPinned = ({ metadata }: Part): boolean => {
  const labels = metadata.labels as Readonly<Record<string, string>> | undefined;
  return labels?.[CHART] === `argo-cd-${charts['argo-cd'].version}`;
};

/** After the root Application is there, Argo CD manages its own version. */
const managesItself = async (cluster: ClusterLike): Promise<boolean> =>
  (await find(cluster, 'applications.argoproj.io', ROOT, ARGOCD_NAMESPACE)) !== undefined;

async function chartDone({ cluster }: At): Promise<boolean> {
  const all = await parts(cluster);
  if (all.length === 0 || !all.every(isReady)) return false;
  return all.every(isPinned) || managesItself(cluster);
}

/** Argo CD that another party runs, even outside the cluster, is recognized by its definitions and settings. */
async function presentFaults({ cluster }: At): Promise<string[]> {
  const faults: string[] = [];
  for (const kind of ['applications', 'appprojects']) {
    const definition = await find(cluster, 'customresourcedefinition', `${kind}.argoproj.io`);
    if (definition === undefined) faults.push(`no definition ${kind}.argoproj.io`);
  }
  if ((await find(cluster, 'configmap', 'argocd-cm', ARGOCD_NAMESPACE)) === undefined)
    faults.push(`no ConfigMap argocd-cm in namespace ${ARGOCD_NAMESPACE}`);
  return faults;
}

/** The release that Argo CD later manages itself by. */
export const argoCd: Step = {
  title: 'Argo CD',
  plan: (wanted) =>
    wanted.argoCd === 'present'
      ? [`find its definitions, and its ConfigMap argocd-cm in namespace ${ARGOCD_NAMESPACE}`]
      : [
          `helm ${templateArguments(wanted, addon).join(' ')}`,
          '  with the values of its own Application; definitions first, applied by the server',
          `wait until every pod in namespace ${ARGOCD_NAMESPACE} is ready`,
        ],
  done: async (at) =>
    at.wanted.argoCd === 'present' ? (await presentFaults(at)).length === 0 : chartDone(at),
  run: async (at) => {
    if (at.wanted.argoCd === 'present') {
      const faults = await presentFaults(at);
      throw new BootstrapError(
        `'--argo-cd' (present): ${faults.join(', ')}; start Argo CD, or let the chart bring it`,
      );
    }
    if (await managesItself(at.cluster)) await rolledOut(at.cluster, ARGOCD_NAMESPACE, 600);
    else await installChart(at, addon);
  },
};
