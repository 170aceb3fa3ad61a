import { externalSecrets } from '../../apps/addons/external-secrets.ts';
import { DELIVERY } from '../../apps/delivery/projects.ts';
import { ARGOCD_NAMESPACE, ROOT } from '../../argocd/settings.ts';
import { documentOf } from '../../charts/credentials.ts';
import { SECRET_STORE } from '../../charts/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { apply, find } from './apply.ts';
import { installChart, templateArguments } from './argo-cd.ts';
import { BootstrapError, type ClusterLike } from './machine.ts';
import type { At, Step } from './steps.ts';
import { argoCdObject, type BootstrapInput, names, ofKind } from './wanted.ts';

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

/** The Secret by which Argo CD reads a private repository. */
const SECRET = 'repository';

/** SSH needs a key. */
export const needsKey = ({ repository: { repoURL } }: Environment): boolean =>
  !/^(https?|git):\/\//.test(repoURL);

/** Argo CD's own ExternalSecrets: the administrator's password and the deploy key. */
const fetched = (wanted: BootstrapInput): KubernetesObject[] =>
  ofKind(wanted, 'ExternalSecret', ARGOCD_NAMESPACE);

/** How Argo CD's namespace reads the secret manager, and with which account. */
const storeOf = (wanted: BootstrapInput): KubernetesObject[] =>
  ['ServiceAccount', 'SecretStore'].flatMap((kind) =>
    ofKind(wanted, kind, ARGOCD_NAMESPACE).filter(({ metadata }) => metadata.name === SECRET_STORE),
  );

const present = async ({ cluster }: At, kind: string, name: string): Promise<boolean> =>
  (await find(cluster, kind, name, ARGOCD_NAMESPACE)) !== undefined;

/**
 * Argo CD cannot fetch what would fetch its key: External Secrets, the store and Argo CD's own ExternalSecrets come
 * first, so that the key goes from the secret store to the cluster and nowhere else.
 */
export const repository: Step = {
  title: 'repository credential',
  plan: (wanted) => {
    const { repository: git, secrets: store } = wanted.environment;
    if (!needsKey(wanted.environment)) return [`nothing: ${git.repoURL} is read without one`];
    return [
      `helm ${templateArguments(wanted, externalSecrets).join(' ')}`,
      ...(store.kind === 'external'
        ? [
            `apply the SecretStore of ${ARGOCD_NAMESPACE}`,
            `apply ExternalSecret ${names(fetched(wanted)).join(', ')}: values from ${documentOf(store.documents, ARGOCD_NAMESPACE)}`,
          ]
        : []),
      `wait until External Secrets has made them: the deploy key of ${git.repoURL} among them`,
    ];
  },
  done: async (at) => {
    if (!needsKey(at.wanted.environment)) return true;
    for (const name of names(fetched(at.wanted)))
      if (!(await present(at, 'externalsecrets.external-secrets.io', name))) return false;
    return present(at, 'secret', SECRET);
  },
  run: async (at) => {
    await installChart(at, externalSecrets);
    const wanted = fetched(at.wanted);
    await apply(at.cluster, [...storeOf(at.wanted), ...wanted]);
    const all = names(wanted).map((name) => `externalsecret/${name}`);
    const wait = ['--namespace', ARGOCD_NAMESPACE, 'wait', '--for=condition=Ready', '--timeout=300s'];
    await at.cluster.kubectl([...wait, ...all], { seconds: 310 });
    if (!(await present(at, 'secret', SECRET)))
      throw new BootstrapError(`External Secrets made no Secret '${SECRET}' in ${ARGOCD_NAMESPACE}`);
  },
};
