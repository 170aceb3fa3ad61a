/** The custom resources that dist uses. */
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import {
  argoCdDefinitions,
  argoRolloutsDefinitions,
  prometheusDefinitions,
  traefikDefinitions,
} from '../../packages/testbed/definitions.ts';
import {
  applyDefinitions,
  type DefinitionSource,
  definitionsOf,
} from '../../packages/testbed/lib/definitions.ts';

export const sources: readonly DefinitionSource[] = [
  prometheusDefinitions,
  argoCdDefinitions,
  argoRolloutsDefinitions,
  traefikDefinitions,
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    folder: 'config/crds/bases',
  },
  {
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    folder: 'deploy/crds',
  },
  {
    module: 'github.com/cert-manager/trust-manager',
    version: 'v0.24.0',
    folder: 'deploy/crds',
  },
];

/** Kinds whose definitions have a vendor's licence and are not fetched: no API server takes these here. */
export const UNDEFINED: readonly string[] = ['Elasticsearch', 'Kibana'];

/**
 * Installs the definitions of every kind among the objects that the server does not bring itself.
 * @param more Sources beside those of the kinds in dist/.
 */
export async function installCrds(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  more: readonly DefinitionSource[] = [],
): Promise<string[]> {
  const used = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion.split('/')[0]}/${kind}`));
  const definitions = (await Promise.all([...sources, ...more].map(definitionsOf)))
    .flat()
    .filter(({ spec }) => used.has(`${spec.group}/${spec.names.kind}`));
  await applyDefinitions(cluster, definitions);
  return definitions.map(({ metadata }) => metadata.name);
}
