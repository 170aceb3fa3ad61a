import { ApiObject, App, Chart } from 'cdk8s';
import { addPruneGuards } from '../argocd/prune-guards.ts';
import type { Environment } from '../environments/environment.ts';
import { environments } from '../environments/index.ts';
import { Checks } from '../packages/contracts/checks.ts';
import { writeDist } from '../packages/manifests/dist.ts';
import { type Files, fileName, type Manifest, manifestWriter } from '../packages/manifests/manifests.ts';
import type { Application, Folder, System } from './application.ts';
import { checkDefinitions } from './definitions.ts';
import { deliveryFolders } from './delivery/delivery.ts';
import { addonNetwork, addonSecrets } from './platform/addon-namespaces.ts';
import { brokerAuthority, storeAuthority } from './platform/authorities.ts';
import { boardApplication } from './platform/board.ts';
import { brokerApplication } from './platform/broker.ts';
import { cluster } from './platform/cluster.ts';
import { collectorApplication } from './platform/collector.ts';
import { elasticsearchApplication, elasticsearchAuthority } from './platform/elasticsearch.ts';
import { exporterApplication } from './platform/exporter.ts';
import { logGateApplication } from './platform/log-gate.ts';
import { logArchiveApplication, logReportsApplication } from './platform/log-reports.ts';
import { mongodbApplication } from './platform/mongodb.ts';
import { monitoring } from './platform/monitoring.ts';
import { redisApplication } from './platform/redis.ts';
import { scalerApplication } from './platform/scaler.ts';
import { storeBackups } from './platform/store-backups.ts';
import { storeExporters } from './platform/store-exporters.ts';
import { transactionsIndexApplication } from './platform/transactions-index.ts';
import { checkPriorities } from './priorities.ts';
import { systemOf } from './system.ts';
import { workloads } from './workloads/index.ts';
import { checkOverrides } from './workloads/workload.ts';

/** The applications that serve, with the work that they are to serve. */
export const platform = (work: readonly Application[]): readonly Application[] => [
  addonNetwork,
  addonSecrets,
  brokerAuthority,
  elasticsearchAuthority,
  storeAuthority,
  cluster,
  brokerApplication,
  redisApplication,
  mongodbApplication,
  transactionsIndexApplication,
  ...storeExporters,
  ...storeBackups,
  scalerApplication,
  exporterApplication,
  collectorApplication,
  boardApplication,
  elasticsearchApplication,
  logGateApplication,
  logReportsApplication,
  logArchiveApplication,
  ...work,
  monitoring,
];

/** Everything that is wanted, of every environment. */
export const applications: readonly Application[] = platform(workloads);

/** Environments, and what is wanted in each. */
export interface DesiredState {
  readonly environments: readonly Environment[];
  readonly applications: readonly Application[];
}

/** What this repository wants. */
export const desiredState: DesiredState = { environments, applications };

/** Makes the chart that a folder is built in. */
export type NewChart = (id: string) => Chart;

/** An App of its own: synthesis grows with its square. */
const newChart: NewChart = (id) => new Chart(new App(), id);

/** What all applications of an environment need and offer, checked as a whole. */
export function systemIn(environment: Environment, of: readonly Application[] = applications): System {
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
  chartOf = newChart,
  system = systemIn(environment),
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
  of = applications,
): Folder | undefined {
  const isWanted = (folder: Folder): boolean => objectsOf(chartFor(folder, environment, system)).length > 0;
  return (
    of.find((application) => application.name === name) ??
    deliveryFolders(environment, of.filter(isWanted)).find((folder) => folder.name === name)
  );
}

/** Folder below dist/ -> its objects: what is wanted, and the Applications that deliver it. */
export function foldersOf(
  environment: Environment,
  chartOf = newChart,
  of = applications,
): [string, Manifest[]][] {
  const system = systemIn(environment, of);
  const made = (folder: Folder): Manifest[] => manifestsOf(folder, environment, chartOf, system);
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
 * @param of Other applications than those of apps/: the tests have some of their own.
 * @throws {ChartError | PolicyError | ScalerConfigError} with every fault of the first construct that has one
 * @throws {ChartError} when two objects would be the same file, or two environments have one name
 */
export function render(
  wanted: readonly Environment[] = environments,
  chartOf = newChart,
  of = applications,
): Files {
  const names = wanted.map(({ name }) => name);
  refuse(repeated(names).map((name) => `the environment '${name}' must be declared once`));
  const textOf = manifestWriter();
  const rendered = wanted
    .flatMap((environment) => foldersOf(environment, chartOf, of))
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

// `cdk8s synth` runs this file and names the directory.
if (import.meta.main) writeDist(process.env.CDK8S_OUTDIR ?? 'dist', render());
