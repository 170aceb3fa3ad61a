import { latch, type PrometheusSource, proportional } from '@sluice/policy';
import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { type Scaled, Scaling } from './scaling.ts';
import { faultsOf as faultsWhile } from './testing.ts';

const source: PrometheusSource = {
  kind: 'prometheus',
  url: 'http://prometheus:9090',
  readyQuery: 'ready{queue="jobs"}',
  unackedQuery: 'unacked{queue="jobs"}',
};
const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
const deployment = (name: string) => ({ kind: 'deployment', namespace: 'consumer', name }) as const;
const workload = (name: string, target = name) => ({ name, source, target: deployment(target), policy });
const keda = { pollSeconds: 5 };

function built(...workloads: readonly Scaled[]) {
  const chart = new Chart(Testing.app(), 'test');
  const identity = { name: 'scaling', namespace: 'monitoring', component: 'scaler' } as const;
  const { scalerConfig } = new Scaling(chart, 'scaling', { ...identity, pollSeconds: 5, workloads });
  return { scalerConfig, objects: chart.toJson() };
}

const faultsOf = (...workloads: readonly Scaled[]) => faultsWhile(() => built(...workloads));

describe('Scaling', () => {
  it('leaves the own scaler its workloads and writes nothing else', () => {
    expect(built(Scaling.scaler(workload('jobs')))).toEqual({
      scalerConfig: { pollSeconds: 5, workloads: [workload('jobs')] },
      objects: [],
    });
  });

  it('writes an HPA beside its Deployment, and the rules of all HPAs as one file', () => {
    const { objects, scalerConfig } = built(Scaling.hpa(workload('jobs')), Scaling.hpa(workload('mail')));
    expect(scalerConfig).toBeUndefined();
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'HorizontalPodAutoscaler consumer/jobs',
      'HorizontalPodAutoscaler consumer/mail',
      'ConfigMap monitoring/scaling',
    ]);
    const { externalRules } = JSON.parse(objects[2].data['config.yaml']);
    expect(externalRules.map((rule: { name: { as: string } }) => rule.name.as)).toEqual([
      'backlog-jobs',
      'backlog-mail',
    ]);
    expect(objects[0].metadata.labels['app.kubernetes.io/part-of']).toBe('sluice');
  });

  it('writes a ScaledObject where KEDA is chosen, also beside the own scaler', () => {
    const { objects, scalerConfig } = built(
      Scaling.keda(workload('jobs'), keda),
      Scaling.scaler(workload('mail')),
    );
    expect(objects.map(({ kind }) => kind)).toEqual(['ScaledObject']);
    expect(scalerConfig?.workloads.map(({ name }) => name)).toEqual(['mail']);
  });

  it("lets an HPA go to 0 where the environment's Kubernetes does", () => {
    const idle = { ...workload('jobs'), policy: proportional({ perReplica: 10, maxReplicas: 25 }) };
    const scaled = (kubernetes: string) => {
      const chart = new Chart(Testing.app(), 'test');
      const identity = { name: 'scaling', namespace: 'monitoring', component: 'scaler' } as const;
      new Scaling(chart, 'scaling', {
        ...identity,
        kubernetes,
        pollSeconds: 5,
        workloads: [Scaling.hpa(idle)],
      });
      return chart.toJson();
    };
    expect(scaled('1.37')[0].spec.minReplicas).toBe(0);
    expect(faultsWhile(() => scaled('1.36'))).toEqual([expect.stringContaining('HPAScaleToZero')]);
  });

  it('refuses prometheus-adapter and KEDA in one environment', () => {
    expect(faultsOf(Scaling.hpa(workload('jobs')), Scaling.keda(workload('mail'), keda))).toEqual([
      "'workloads' must not ask for both prometheus-adapter ('jobs') and KEDA ('mail'): both serve v1beta1.external.metrics.k8s.io, and a cluster has one",
    ]);
  });

  it('refuses a second owner of a replica count, whoever it is', () => {
    expect(
      faultsOf(Scaling.scaler(workload('jobs', 'consumer')), Scaling.hpa(workload('mail', 'consumer'))),
    ).toEqual([
      "'consumer/consumer' belongs to 'jobs' (scaler) and to 'mail' (hpa): a replica count has one owner",
    ]);
  });

  it('stops with every sentence of a clause that a back-end refuses', () => {
    const open = {
      ...workload('jobs'),
      policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100 } }),
    };
    const faults = faultsOf(Scaling.hpa(open));
    expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
      "workload 'jobs', startWhen.readyAtLeast",
      "workload 'jobs', stopWhen.drained",
      "workload 'jobs', minReplicas",
    ]);
    const { unackedQuery: _, ...blind } = source;
    expect(faultsOf(Scaling.scaler({ ...open, source: blind }))).toHaveLength(1);
  });
});
