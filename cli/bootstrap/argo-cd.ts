import { argoCd as addon } from '../../apps/addons/argo.ts';
import { ARGOCD_NAMESPACE, ROOT } from '../../argocd/settings.ts';
import { charts } from '../../environments/versions.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { find, rolledOut } from './apply.ts';
import { installChart, templateArguments } from './chart.ts';
import { BootstrapError, type ClusterLike } from './machine.ts';
import type { At, Step } from './step.ts';

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
