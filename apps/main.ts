import { App, Chart } from 'cdk8s';
import { writeDist } from '../charts/dist.ts';
import { type Files, fileName, type Manifest, manifestText } from '../charts/manifests.ts';
import type { Application } from './application.ts';
import { brokerApplication } from './broker.ts';
import { cluster } from './cluster.ts';
import { consumerApplication } from './consumer.ts';
import { type Environment, environments } from './environments.ts';
import { monitoring } from './monitoring.ts';
import { publisherApplication } from './publisher.ts';
import { scalerApplication } from './scaler.ts';

/** Everything that is wanted, of every environment. */
export const applications: readonly Application[] = [
  cluster,
  brokerApplication,
  publisherApplication,
  consumerApplication,
  scalerApplication,
  monitoring,
];

/** The objects of one application in one environment. An App of its own: synthesis grows with its square. */
export function manifestsOf(application: Application, environment: Environment): Manifest[] {
  const chart = new Chart(new App(), application.name);
  application.build(chart, environment);
  return chart.toJson();
}

/**
 * Path below dist/ -> text, for every object.
 * @throws {ChartError | PolicyError | ScalerConfigError} with every fault of the first construct that has one
 * @throws {Error} when two objects would be the same file
 */
export function render(wanted: readonly Environment[] = environments): Files {
  const pairs = wanted.flatMap((environment) =>
    applications.map((application) => ({ application, environment })),
  );
  const rendered = pairs.flatMap(({ application, environment }) =>
    manifestsOf(application, environment).map((manifest): [string, string] => [
      `${environment.name}/${application.name}/${fileName(manifest)}`,
      manifestText(manifest),
    ]),
  );
  const files = new Map(rendered);
  if (files.size < rendered.length) throw new Error(`two objects are one file: ${duplicates(rendered)}`);
  return files;
}

const duplicates = (rendered: readonly [string, string][]): string =>
  rendered
    .map(([path]) => path)
    .filter((path, index, paths) => paths.indexOf(path) < index)
    .join(', ');

// `cdk8s synth` runs this file and names the directory.
if (import.meta.main) writeDist(process.env.CDK8S_OUTDIR ?? 'dist', render());
