/** The custom resources that dist uses. */
import type { Cluster, KubernetesObject } from '../bed/cluster.ts';
import { applyDefinitions, type DefinitionSource, definitionsOf } from '../bed/lib/definitions.ts';
import { toolVersion } from '../bed/lib/tools.ts';
import { prometheusOperator } from '../bed/tools.ts';

export const sources: readonly DefinitionSource[] = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: toolVersion(prometheusOperator),
    folder: 'example/prometheus-operator-crd',
  },
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    folder: 'config/crds/bases',
  },
  {
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.5.7',
    folder: 'manifests/crds',
  },
  {
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    folder: 'deploy/crds',
  },
];

/** Installs the definitions of every kind among the objects that the server does not bring itself. */
export async function installCrds(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<string[]> {
  const used = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion.split('/')[0]}/${kind}`));
  const definitions = (await Promise.all(sources.map(definitionsOf)))
    .flat()
    .filter(({ spec }) => used.has(`${spec.group}/${spec.names.kind}`));
  await applyDefinitions(cluster, definitions);
  return definitions.map(({ metadata }) => metadata.name);
}
