import type { Construct } from 'constructs';
import { Application as ArgoApplication } from '../../argocd/application.ts';
import { ARGOCD_NAMESPACE } from '../../argocd/names.ts';
import { EmptyDefaultProject, Project } from '../../argocd/project.ts';
import { DELIVERY_WAVES, STAGES } from '../../argocd/waves.ts';
import { Namespace } from '../../charts/namespace.ts';
import type { Addon } from '../addons/addon.ts';
import { addonsOf } from '../addons/catalog.ts';
import type { Application, Folder } from '../application.ts';
import type { Environment } from '../environments.ts';
import { charts } from '../versions.ts';
import { addonProject, DELIVERY, deliveryProject, workloadProject } from './projects.ts';

/** The root Application; everything else follows from it. */
export const ROOT = 'root';

/** An app-of-apps, in the order of their waves. */
export const PARENTS = ['addons', 'infra-workloads', 'workloads'] as const;
export type Parent = (typeof PARENTS)[number];

const PARENT_WAVES: Readonly<Record<Parent, number>> = {
  addons: DELIVERY_WAVES.addons,
  'infra-workloads': DELIVERY_WAVES.infraWorkloads,
  workloads: DELIVERY_WAVES.workloads,
};

/** Where the Applications of the root, or of a parent, are written below dist/<environment>/. */
const folderOf = (name: Parent | typeof ROOT): string => `argocd/${name}`;

/**
 * The folders that Argo CD follows: the root, and what each parent holds.
 * @param applications Those that have something in this environment: an Application of an empty folder fails.
 */
export function deliveryFolders(environment: Environment, applications: readonly Application[]): Folder[] {
  const addons = addonsOf(environment);
  const children = {
    'infra-workloads': applications.filter(({ parent }) => parent === 'infra-workloads'),
    workloads: applications.filter(({ parent }) => parent === 'workloads'),
  };
  const present = PARENTS.filter((parent) => (parent === 'addons' ? addons : children[parent]).length > 0);
  return [
    {
      name: folderOf(ROOT),
      build: (scope) => declareRoot(scope, environment, { present, addons, children }),
    },
    ...present.map((parent) => ({
      name: folderOf(parent),
      build: (scope: Construct) =>
        parent === 'addons'
          ? declareAddons(scope, environment, addons)
          : declareChildren(scope, environment, children[parent]),
    })),
  ];
}

interface Content {
  readonly present: readonly Parent[];
  readonly addons: readonly Addon[];
  readonly children: Readonly<Record<Application['parent'], readonly Application[]>>;
}

/** The projects first, then the parents, and last the root itself, which waits for them. */
function declareRoot(
  scope: Construct,
  environment: Environment,
  { present, addons, children }: Content,
): void {
  const { podSecurityVersion } = environment;
  new Namespace(scope, 'namespace', { name: ARGOCD_NAMESPACE, podSecurityVersion });
  new EmptyDefaultProject(scope, 'project-default');
  new Project(scope, 'project', deliveryProject(environment, namespaceNames(addons)));
  for (const parent of present) {
    const project =
      parent === 'addons' ? addonProject(addons) : workloadProject(parent, environment, children[parent]);
    new Project(scope, `project-${parent}`, project);
    declareAppOfApps(scope, environment, parent, PARENT_WAVES[parent]);
  }
  declareAppOfApps(scope, environment, ROOT, DELIVERY_WAVES.root);
}

const declareAppOfApps = (
  scope: Construct,
  { name, repository }: Environment,
  app: Parent | typeof ROOT,
  wave: number,
): ArgoApplication =>
  new ArgoApplication(scope, `application-${app}`, {
    name: app,
    project: DELIVERY,
    namespace: ARGOCD_NAMESPACE,
    source: { kind: 'folder', repository, path: `dist/${name}/${folderOf(app)}` },
    wave,
  });

function declareChildren(
  scope: Construct,
  { name: environment, repository }: Environment,
  children: readonly Application[],
): void {
  for (const { name, parent, namespace, stage = 'platform', ownedFields = [] } of children)
    new ArgoApplication(scope, name, {
      ...{ name, project: parent, namespace, ownedFields, wave: STAGES[stage] },
      source: { kind: 'folder', repository, path: `dist/${environment}/${name}` },
    });
}

function declareAddons(scope: Construct, environment: Environment, addons: readonly Addon[]): void {
  for (const addon of addons) {
    const {
      name,
      namespace,
      stage,
      values,
      ownedFields = [],
      confirmPrune = false,
      skipCrds = false,
    } = addon;
    new ArgoApplication(scope, name, {
      ...{ name, project: 'addons', namespace: namespace.name, ownedFields, confirmPrune },
      wave: STAGES[stage],
      source: { kind: 'chart', chart: charts[name], values: values(environment), skipCrds },
    });
  }
  declareNamespaces(scope, environment, addons);
}

/** kube-system is there already, and Argo CD's own is the root's. */
const needsNamespace = ({ namespace }: Addon): boolean =>
  !['kube-system', ARGOCD_NAMESPACE].includes(namespace.name);

function declareNamespaces(
  scope: Construct,
  { podSecurityVersion }: Environment,
  addons: readonly Addon[],
): void {
  const namespaces = new Map(
    addons.filter(needsNamespace).map(({ namespace }) => [namespace.name, namespace]),
  );
  for (const [name, namespace] of namespaces)
    new Namespace(scope, `namespace-${name}`, { ...namespace, podSecurityVersion });
}

const namespaceNames = (addons: readonly Addon[]): string[] =>
  [ARGOCD_NAMESPACE, ...new Set(addons.filter(needsNamespace).map(({ namespace }) => namespace.name))].sort();
