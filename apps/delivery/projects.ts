import type { ProjectProps } from '../../argocd/project.ts';
import { ARGOCD_NAMESPACE } from '../../argocd/settings.ts';
import type { Environment } from '../../environments/environment.ts';
import { charts } from '../../environments/versions.ts';
import type { Addon } from '../addons/addon.ts';
import type { Application, Parent } from '../application.ts';
import { KINDS } from './kinds.ts';

/** A parent and its children. */
export interface Content {
  readonly name: Parent;
  readonly addons: readonly Addon[];
  readonly applications: readonly Application[];
}

/** The project of the root and of the parents: they bring Applications, and nothing that runs. */
export const DELIVERY = 'delivery';

const DESCRIPTIONS: Readonly<Record<Parent, string>> = {
  addons: 'What others build: charts, pinned in environments/versions.ts.',
  'infra-workloads': 'What the work stands on: the broker, the scaler, the pages.',
  workloads: 'The work: what publishes jobs and what does them.',
};

/** The bounds of a parent's children. */
export function projectOf(
  { repository }: Environment,
  { name, addons, applications }: Content,
): ProjectProps {
  const own = applications.map(({ namespace }) => namespace);
  const repositories = [
    ...addons.map((addon): string => charts[addon.name].repoURL),
    ...applications.map(() => repository.repoURL),
  ];
  // Charts of API servers, and of leaders that elect, bind roles in kube-system.
  const foreign = name === 'addons' ? ['kube-system', ...addons.map(({ namespace }) => namespace.name)] : [];
  return {
    name,
    description: DESCRIPTIONS[name],
    sourceRepos: unique(repositories),
    namespaces: unique([...foreign, ...own]),
    // The namespaces of addons are the parent's.
    ownNamespaces: name === 'addons' ? [] : unique(own),
    clusterKinds: KINDS[name].cluster,
    namespacedKinds: KINDS[name].namespaced,
  };
}

/** The bounds of the root and the parents. */
export const deliveryProject = (
  { repository }: Environment,
  addonNamespaces: readonly string[],
): ProjectProps => ({
  name: DELIVERY,
  description: 'The root and the parents: Applications, their projects and the namespaces of addons.',
  sourceRepos: [repository.repoURL],
  namespaces: [ARGOCD_NAMESPACE],
  ownNamespaces: addonNamespaces,
  clusterKinds: [],
  namespacedKinds: ['argoproj.io/Application', 'argoproj.io/AppProject'],
});

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
