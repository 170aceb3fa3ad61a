/** Desired state -> objects. It knows none by itself: whose desired state is rendered, the caller says. */
import { ApiObject, App, Chart } from 'cdk8s';
import { addPruneGuards } from '../argocd/prune-guards.ts';
import type { Environment } from '../environments/environment.ts';
import { Checks } from '../packages/contracts/checks.ts';
import { type Files, fileName, type Manifest, manifestWriter } from '../packages/manifests/manifests.ts';
import type { Application, Folder, System } from './application.ts';
import { checkDefinitions } from './definitions.ts';
import { deliveryFolders } from './delivery/delivery.ts';
import { checkPriorities } from './priorities.ts';
import { systemOf } from './system.ts';
import { checkOverrides } from './workloads/workload.ts';

/** Environments, and the applications that are wanted in each. */
export interface DesiredState {
  readonly environments: readonly Environment[];
  readonly applications: readonly Application[];
}

/** Makes the chart that a folder is built in. */
export type NewChart = (id: string) => Chart;

/** An App of its own: synthesis grows with its square. */
const newChart: NewChart = (id) => new Chart(new App(), id);

/** What all applications of an environment need and offer, checked as a whole. */
export function systemIn(environment: Environment, of: readonly Application[]): System {
  checkOverrides(environment, of);
  return systemOf(of, environment);
}

/** One folder in one environment, built and not yet synthesized: that takes longer than building it. */
function chartFor(folder: Folder, environment: Environment, system: System, chartOf = newChart): Chart {
  const chart = chartOf(folder.name.replaceAll('/', '-'));
  folder.build(chart, environment, system);
  return chart;
}

const objectsOf = (chart: Chart): ApiObject[] => chart.node.findAll().filter(ApiObject.isApiObject);

/** The objects of one folder in one environment. */
export const manifestsOf = (
  folder: Folder,
  environment: Environment,
  system: System,
  chartOf = newChart,
): Manifest[] =>
  chartFor(folder, environment, system, chartOf)
    .toJson()
    .map((manifest: Manifest) => addPruneGuards(manifest));

/** What one object is known by in its folder. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** One object of a folder as an environment would have it, the others not synthesized; undefined where there is none. */
export function manifestOf(
  wanted: ObjectName,
  folder: Folder,
  environment: Environment,
  system: System,
): Manifest | undefined {
  return objectsOf(chartFor(folder, environment, system))
    .filter(({ apiVersion, kind, name }) => isSame(wanted, { apiVersion, kind, name }))
    .map((object): Manifest => addPruneGuards(object.toJson()))
    .find(({ metadata }) => metadata.namespace === wanted.namespace);
}

const isSame = (one: ObjectName, other: Omit<ObjectName, 'namespace'>): boolean =>
  one.apiVersion === other.apiVersion && one.kind === other.kind && one.name === other.name;

/**
 * A folder of an environment by its name: an application, or what delivers those that have an object.
 * @param of All applications of the environment
 */
export function folderIn(
  name: string,
  environment: Environment,
  system: System,
  of: readonly Application[],
): Folder | undefined {
  const isWanted = (folder: Folder): boolean => objectsOf(chartFor(folder, environment, system)).length > 0;
  return (
    of.find((application) => application.name === name) ??
    deliveryFolders(environment, of.filter(isWanted)).find((folder) => folder.name === name)
  );
}

/** Folder below dist/ -> its objects: what is wanted, and the Applications that deliver it. */
function foldersOf(
  environment: Environment,
  of: readonly Application[],
  chartOf: NewChart,
): [string, Manifest[]][] {
  const system = systemIn(environment, of);
  const made = (folder: Folder): Manifest[] => manifestsOf(folder, environment, system, chartOf);
  const work = of
    .map((application) => ({ application, manifests: made(application) }))
    .filter(({ manifests }) => manifests.length > 0);
  checkPriorities(
    environment,
    system,
    work.flatMap(({ manifests }) => manifests),
  );
  const delivery = deliveryFolders(
    environment,
    work.map(({ application }) => application),
  );
  const folders = [
    ...work.map(({ application, manifests }) => [application.name, manifests] as const),
    ...delivery.map((folder) => [folder.name, made(folder)] as const),
  ];
  checkDefinitions(
    environment,
    folders.flatMap(([, manifests]) => manifests),
  );
  return folders.map(([name, manifests]) => [`${environment.name}/${name}`, manifests]);
}

/**
 * Path below dist/ -> text, for every object.
 * @param chartOf For who wants to watch while objects are made.
 * @throws {ChartError | PolicyError | ScalerConfigError} with every fault of the first construct that has one
 * @throws {ChartError} when two objects would be the same file, or two environments have one name
 */
export function render({ environments, applications }: DesiredState, chartOf = newChart): Files {
  const names = environments.map(({ name }) => name);
  refuse(repeated(names).map((name) => `the environment '${name}' must be declared once`));
  const textOf = manifestWriter();
  const rendered = environments
    .flatMap((environment) => foldersOf(environment, applications, chartOf))
    .flatMap(([folder, manifests]) =>
      manifests.map((manifest): [string, string] => [`${folder}/${fileName(manifest)}`, textOf(manifest)]),
    );
  const paths = rendered.map(([path]) => path);
  refuse(repeated(paths).map((path) => `'${path}' must be one object, not several of its kind and name`));
  return new Map(rendered);
}

const repeated = (texts: readonly string[]): string[] => {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
};

/** @throws {ChartError} with every fault, where there is one */
function refuse(faults: readonly string[]): void {
  const checks = new Checks('The desired state');
  for (const fault of faults) checks.that(false, fault);
  checks.done();
}
