/** Judges know Deployments, and none of what other projects make pods with. */
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { deploymentOf } from '../cluster/pods.ts';
import type { Manifest } from '../cluster/rendered.ts';

interface Scaling {
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
}

function onDeployment(object: KubernetesObject): KubernetesObject {
  const spec = object.spec as Scaling;
  if (object.kind !== 'HorizontalPodAutoscaler' || spec.scaleTargetRef.kind !== 'Rollout') return object;
  const { name } = spec.scaleTargetRef;
  return {
    ...object,
    spec: { ...spec, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
  };
}

/** Path -> text: beside each Rollout a Deployment of the same pods, and its HPA on that. JSON is YAML. */
export const readable = (manifests: readonly Manifest[]): Map<string, string> =>
  new Map(
    manifests.flatMap(({ path, text, object }): [string, string][] => {
      if (object.kind === 'Rollout')
        return [
          [path, text],
          [path.replace('/rollout-', '/deployment-'), JSON.stringify(deploymentOf(object))],
        ];
      const known = onDeployment(object);
      return [[path, known === object ? text : JSON.stringify(known)]];
    }),
  );
