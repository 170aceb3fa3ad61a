import { describe, expect, it } from 'vitest';
import { maxReplicas } from '../../apps/application.ts';
import { applications } from '../../apps/main.ts';
import { systemIn } from '../../apps/rendering.ts';
import { environments } from '../../environments/index.ts';
import { objectsIn, ofKind, selects, workloads, workloadsOf } from './dist.ts';

describe('a disruption budget', () => {
  /** Names of the workers of an environment whose policy allows one pod and no more. */
  const single = new Map(
    environments.map((each) => [
      each.name,
      systemIn(each, applications).work.flatMap(({ name, policy }) =>
        maxReplicas(policy) === 1 ? [name] : [],
      ),
    ]),
  );

  /** Whether its policy or its HPA allows one pod and no more. */
  const isHeldAtOne = (environment: string, { namespace, name }: { namespace?: string; name: string }) =>
    single.get(environment)?.includes(name) === true ||
    objectsIn(environment, 'HorizontalPodAutoscaler').some(
      ({ metadata, spec }) =>
        metadata.namespace === namespace && spec.scaleTargetRef.name === name && spec.maxReplicas === 1,
    );

  it('is there wherever there can be two pods, and blocks no drain', () => {
    const budgets = ofKind('PodDisruptionBudget');
    const several = workloads.filter(
      ({ environment, object, maker }) =>
        ['Deployment', 'Rollout'].includes(object.kind) &&
        maker.replicas !== 1 &&
        !isHeldAtOne(environment, object.metadata),
    );
    expect(budgets).toHaveLength(several.length);
    for (const { path, environment, object } of budgets) {
      const { selector, unhealthyPodEvictionPolicy, maxUnavailable } = object.spec;
      expect(unhealthyPodEvictionPolicy, path).toBe('AlwaysAllow');
      expect(Number.parseInt(String(maxUnavailable), 10), path).toBeGreaterThan(0);
      const guarded = workloadsOf(environment).filter(
        (workload) =>
          workload.object.metadata.namespace === object.metadata.namespace &&
          selects(selector.matchLabels, workload.template.metadata.labels),
      );
      expect(guarded, path).toHaveLength(1);
      expect(['Deployment', 'Rollout'], path).toContain(guarded[0]?.object.kind);
    }
  });
});
