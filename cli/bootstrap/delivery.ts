import { DELIVERY } from '../../apps/delivery/projects.ts';
import { ARGOCD_NAMESPACE, ROOT } from '../../argocd/settings.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { apply, find } from './apply.ts';
import { BootstrapError, type ClusterLike } from './machine.ts';
import type { At, Step } from './step.ts';
import { argoCdObject, type BootstrapInput } from './wanted.ts';

const FIRST = [
  ['AppProject', DELIVERY],
  ['Application', ROOT],
] as const;

/** The definition's full name: another product's Applications are none. */
const resource = (kind: string): string => `${kind.toLowerCase()}s.argoproj.io`;

/** The objects of Argo CD that come before the root Application. */
export const firstObjects = (wanted: BootstrapInput): KubernetesObject[] =>
  FIRST.flatMap(([kind, name]) => argoCdObject(wanted, kind, name) ?? []);

interface Root {
  readonly spec: { readonly source: { readonly path: string } };
}

/** @throws {BootstrapError} where the cluster already follows another environment */
export async function checkOwner(cluster: ClusterLike, wanted: BootstrapInput): Promise<void> {
  const root = await find<Root>(cluster, resource('Application'), ROOT, ARGOCD_NAMESPACE);
  const path = `dist/${wanted.environment.name}/argocd/${ROOT}`;
  if (root !== undefined && root.spec.source.path !== path)
    throw new BootstrapError(
      `cluster '${cluster.name}' follows ${root.spec.source.path}, not ${path}: nothing was changed`,
    );
}

async function missing({ wanted, cluster }: At): Promise<KubernetesObject[]> {
  const absent: KubernetesObject[] = [];
  for (const one of firstObjects(wanted))
    if ((await find(cluster, resource(one.kind), one.metadata.name, ARGOCD_NAMESPACE)) === undefined)
      absent.push(one);
  return absent;
}

/** From these two everything else follows; also they themselves, so that what is there is Argo CD's. */
export const delivery: Step = {
  title: 'root Application',
  plan: (wanted) => {
    const { name, repository } = wanted.environment;
    return [
      `apply ${FIRST.map((one) => one.join(' ')).join(' and ')} from dist/${name}/argocd/${ROOT}`,
      `from then on Argo CD follows ${repository.revision} of ${repository.repoURL}`,
    ];
  },
  done: async (at) => (await missing(at)).length === 0,
  run: async (at) => apply(at.cluster, await missing(at)),
};
