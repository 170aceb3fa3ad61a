/** Where the projects that the test cluster builds keep their custom resource definitions. */
import { TestbedError } from './cluster.ts';
import type { DefinitionSource } from './lib/definitions.ts';
import { type Tool, toolVersion } from './lib/tools.ts';
import { argoCd, argoRollouts, keda, prometheusOperator, traefik } from './tools.ts';

/** Definitions of a tool's project, at the version that is built. */
function madeBy(tool: Tool, folder: string): DefinitionSource {
  if (tool.module === undefined) throw new TestbedError(`'${tool.name}' is no project's module`);
  return { module: tool.module, version: toolVersion(tool), folder };
}

/** The custom resources of Prometheus Operator. */
export const prometheusDefinitions = madeBy(prometheusOperator, 'example/prometheus-operator-crd');
/** The custom resources of Argo CD. */
export const argoCdDefinitions = madeBy(argoCd, 'manifests/crds');
/** The custom resources of KEDA. */
export const kedaDefinitions = madeBy(keda, 'config/crd/bases');
/** The custom resources of Argo Rollouts. */
export const argoRolloutsDefinitions = madeBy(argoRollouts, 'manifests/crds');
/** The custom resources of Traefik. */
export const traefikDefinitions = madeBy(traefik, 'docs/content/reference/dynamic-configuration');
/** Percona's operator itself is not built: its definitions are enough for those who write its objects. */
export const mongodbDefinitions: DefinitionSource = {
  module: 'github.com/percona/percona-server-mongodb-operator',
  version: 'v1.22.0',
  folder: 'config/crd/bases',
};
/** Istio itself is not built: its definitions are enough for those who write its objects. */
export const istioDefinitions: DefinitionSource = {
  module: 'istio.io/api',
  version: 'v1.31.1',
  folder: 'kubernetes',
};
