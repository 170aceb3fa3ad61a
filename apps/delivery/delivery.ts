import type { Construct } from 'constructs';
import { Application as ArgoApplication } from '../../argocd/application.ts';
import { EmptyDefaultProject, Project } from '../../argocd/project.ts';
import { ARGOCD_NAMESPACE, DELIVERY_WAVES, ROOT, STAGES } from '../../argocd/settings.ts';
import { Namespace } from '../../charts/namespace.ts';
import type { Environment } from '../../environments/environment.ts';
import { charts } from '../../environments/versions.ts';
import type { Addon } from '../addons/addon.ts';
import { addonsOf } from '../addons/catalog.ts';
import { type Application, type Folder, PARENTS, type Parent, type System } from '../application.ts';
import { type Content, DELIVERY, deliveryProject, projectOf } from './projects.ts';

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
  const contents = PARENTS.map((name) => ({
    name,
    addons: name === 'addons' ? addons : [],
    applications: applications.filter(({ parent }) => parent === name),
  })).filter((content) => content.addons.length + content.applications.length > 0);
  return [
    { name: folderOf(ROOT), build: (scope) => declareRoot(scope, environment, contents) },
    ...contents.map((content) => ({
      name: folderOf(content.name),
      build: (scope: Construct, _: Environment, system: System) =>
        declareChildren(scope, environment, content, system),
    })),
  ];
}

/** The projects first, then the parents, and last the root itself, which waits for them. */
function declareRoot(scope: Construct, environment: Environment, contents: readonly Content[]): void {
  const { podSecurityVersion } = environment;
  const addons = contents.flatMap((content) => content.addons);
  new Namespace(scope, 'namespace', { name: ARGOCD_NAMESPACE, podSecurityVersion });
  new EmptyDefaultProject(scope, 'project-default');
  new Project(scope, 'project', deliveryProject(environment, namespaceNames(addons)));
  for (const content of contents) {
    new Project(scope, `project-${content.name}`, projectOf(environment, content));
    declareAppOfApps(scope, environment, content.name, PARENT_WAVES[content.name]);
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

function declareChildren(scope: Construct, environment: Environment, content: Content, system: System): void {
  for (const application of content.applications) declareApplication(scope, environment, application);
  for (const addon of content.addons) declareAddon(scope, environment, addon, system);
  declareNamespaces(scope, environment, content.addons);
}

function declareApplication(
  scope: Construct,
  environment: Environment,
  { name, parent, namespace, stage = 'platform', ownedFields = () => [] }: Application,
): void {
  const { repository } = environment;
  new ArgoApplication(scope, name, {
    ...{ name, project: parent, namespace, wave: STAGES[stage], ownedFields: ownedFields(environment) },
    source: { kind: 'folder', repository, path: `dist/${environment.name}/${name}` },
  });
}

function declareAddon(scope: Construct, environment: Environment, addon: Addon, system: System): void {
  const { name, namespace, stage, values, ownedFields = [], confirmPrune = false, skipCrds = false } = addon;
  new ArgoApplication(scope, name, {
    ...{ name, project: 'addons', namespace: namespace.name, ownedFields, confirmPrune },
    wave: STAGES[stage],
    source: { kind: 'chart', chart: charts[name], values: values(environment, system), skipCrds },
  });
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
