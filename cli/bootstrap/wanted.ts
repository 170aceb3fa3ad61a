/** What an environment wants, as it is rendered: bootstrap brings the first objects of it, Argo CD the rest. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../../apps/application.ts';
import { ARGOCD_NAMESPACE } from '../../argocd/settings.ts';
import type { Environment } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import { ConfigurationError } from '../../packages/contracts/checks.ts';
import { onceForText } from '../../packages/manifests/memo.ts';
import { parseYaml, YamlError } from '../../packages/manifests/yaml.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';

/** Where Argo CD comes from: the pinned chart, or it is already installed. */
export type ArgoCdOrigin = 'chart' | 'present';

/** What is to be delivered into a new cluster. */
export interface BootstrapInput {
  readonly environment: Environment;
  /** All that is wanted of every environment: Secrets and the values of charts follow from it. */
  readonly applications: readonly Application[];
  /** Every object below dist/<environment>. */
  readonly objects: readonly KubernetesObject[];
  readonly argoCd: ArgoCdOrigin;
  /** Charts that are on this machine, in place of their repositories: addon -> path. */
  readonly charts: ReadonlyMap<AddonName, string>;
  /** How long Applications may take; undefined: they are not waited for. */
  readonly waitSeconds: number | undefined;
}

/** Every object of one environment; none where it has no folder. */
export function objectsIn(dist: string, environment: string): KubernetesObject[] {
  const root = join(dist, environment);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort()
    .flatMap((path) => objectsOf(join(root, path)));
}

const parsedOnce = onceForText(parseYaml);

/** @throws {ConfigurationError} for a file that is no YAML */
function objectsOf(path: string): KubernetesObject[] {
  try {
    return [...parsedOnce(readFileSync(path, 'utf8'))] as KubernetesObject[];
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ConfigurationError('bootstrap', [`${path} ${error.message}`]);
  }
}

/** The objects of a kind, of all namespaces or of one. */
export const ofKind = (
  { objects }: Pick<BootstrapInput, 'objects'>,
  kind: string,
  namespace?: string,
): KubernetesObject[] =>
  objects.filter(
    (one) => one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
  );

/** The object of Argo CD with that name. */
export const argoCdObject = (
  wanted: BootstrapInput,
  kind: string,
  name: string,
): KubernetesObject | undefined =>
  ofKind(wanted, kind, ARGOCD_NAMESPACE).find(({ metadata }) => metadata.name === name);

/** The names of objects, in their order. */
export const names = (objects: readonly KubernetesObject[]): string[] =>
  objects.map(({ metadata }) => metadata.name).sort();
