/** The pod that a maker of pods makes, as an object of its own. */
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';

export interface PodSpec {
  readonly containers: readonly object[];
  readonly volumes?: readonly object[];
}

interface Maker {
  readonly template?: { readonly metadata: object; readonly spec: PodSpec };
  readonly volumeClaimTemplates?: readonly KubernetesObject[];
  readonly jobTemplate?: { readonly spec: Maker };
}

/**
 * @returns the pod of a Deployment, StatefulSet, Job or CronJob, named as its maker; a StatefulSet's has
 * its claims as volumes. Undefined for what makes none.
 */
export function podOf({ spec, metadata }: KubernetesObject): KubernetesObject | undefined {
  const maker = (spec as Maker | undefined)?.jobTemplate?.spec ?? (spec as Maker | undefined);
  if (maker?.template === undefined) return undefined;
  const { template, volumeClaimTemplates = [] } = maker;
  const claims = volumeClaimTemplates.map(({ metadata: { name: claimName } }) => ({
    name: claimName,
    persistentVolumeClaim: { claimName },
  }));
  const volumes = [...(template.spec.volumes ?? []), ...claims];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: metadata.name, namespace: metadata.namespace ?? 'default' },
    spec: { ...template.spec, volumes },
  };
}

interface Workload {
  readonly selector: object;
  readonly template: { readonly metadata: object; readonly spec: PodSpec };
}

/** A Deployment of the pods that a Rollout makes, or another Deployment; without what says how they are replaced. */
export function deploymentOf({
  metadata,
  spec,
}: KubernetesObject): KubernetesObject & { readonly spec: Workload } {
  const { selector, template } = spec as Workload;
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template } };
}
