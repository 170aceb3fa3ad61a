import { latch, type ManagementSource, type PrometheusSource, proportional } from '@sluice/policy';
import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Checks } from '../packages/contracts/checks.ts';
import { checkScaling, ReplicaOwner, type Scaled, type ScalingGround } from './scaling.ts';

const source: PrometheusSource = {
  kind: 'prometheus',
  url: 'http://prometheus:9090',
  readyQuery: 'ready{queue="jobs"}',
  unackedQuery: 'unacked{queue="jobs"}',
};
const asked: ManagementSource = {
  ...{ kind: 'management', url: 'http://broker:15672', vhost: '/', queue: 'jobs' },
  ...{ username: 'consumer-keda', passwordFile: '/etc/sluice/credentials/password' },
};
const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
const open = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const target = { kind: 'deployment', namespace: 'consumer', name: 'consumer' } as const;
const workload = { name: 'jobs', source, target, policy };

const own: Scaled = { scaler: 'own', workload };
const hpa: Scaled = { scaler: 'hpa', workload };
const keda: Scaled = { scaler: 'keda', workload, cluster: { pollSeconds: 5 } };
const asking: Scaled = {
  scaler: 'keda',
  workload: { ...workload, source: asked },
  cluster: { pollSeconds: 5, credentials: 'keda-credentials' },
};
const named = (scaled: Scaled, name: string): Scaled =>
  ({ ...scaled, workload: { ...scaled.workload, name } }) as Scaled;

function built(scaled: Scaled, kubernetes = '1.36') {
  const chart = new Chart(Testing.app(), 'test');
  new ReplicaOwner(chart, 'scaling', {
    ...{ name: 'consumer', namespace: 'consumer', component: 'worker', kubernetes, scaled },
    ownScaler: { serviceAccount: 'scaler', namespace: 'scaler' },
  });
  return chart.toJson();
}
const titles = (scaled: Scaled): string[] =>
  built(scaled).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

const ADAPTER = ['kube-prometheus-stack', 'prometheus-adapter'];
function faultsOf(all: readonly Scaled[], ground: Partial<ScalingGround> = {}) {
  const checks = new Checks('test');
  checkScaling(all, { kubernetes: '1.36', addons: ADAPTER, ...ground }, checks);
  return checks.faults;
}

describe('the owner of a replica count', () => {
  it('is the own scaler by a permission, and nothing else is written', () => {
    expect(titles(own)).toEqual(['Role consumer/scale-consumer', 'RoleBinding consumer/scale-consumer']);
  });

  it('is an HPA of the name of its Deployment, without a permission for the own scaler', () => {
    const [manifest, ...rest] = built(hpa);
    expect(rest).toEqual([]);
    expect(manifest).toMatchObject({
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'consumer', labels: { 'app.kubernetes.io/name': 'consumer' } },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'consumer' },
        metrics: [{ external: { metric: { name: 'backlog-jobs' } } }],
      },
    });
  });

  it('is KEDA by a ScaledObject, with a login where it asks the broker itself', () => {
    expect(titles(keda)).toEqual(['ScaledObject consumer/consumer']);
    expect(titles(asking)).toEqual([
      'ScaledObject consumer/consumer',
      'TriggerAuthentication consumer/consumer',
      'ConfigMap consumer/consumer-keda',
    ]);
    const [scaledObject, login, name] = built(asking);
    expect(scaledObject.spec.triggers[0].authenticationRef).toEqual({ name: 'consumer' });
    expect(login.spec).toEqual({
      configMapTargetRef: [{ parameter: 'username', name: 'consumer-keda', key: 'username' }],
      secretTargetRef: [{ parameter: 'password', name: 'keda-credentials', key: 'password' }],
    });
    expect(name.data).toEqual({ username: 'consumer-keda' });
  });

  it("keeps an HPA's tolerance of 0 where the environment's Kubernetes takes one", () => {
    expect(built(hpa, '1.35')[0].spec.behavior.scaleUp.tolerance).toBe('0');
    expect(built(hpa, '1.34')[0].spec.behavior.scaleUp).not.toHaveProperty('tolerance');
  });
});

describe('the scalers of an environment', () => {
  it('may be the own one beside an HPA, or beside KEDA', () => {
    expect(faultsOf([own, named(hpa, 'mail')])).toEqual([]);
    expect(faultsOf([own, named(keda, 'mail')], { addons: ['keda', 'kube-prometheus-stack'] })).toEqual([]);
  });

  it('need the addon that does the work', () => {
    expect(faultsOf([own, hpa, asking], { addons: [] })).toEqual([
      "'scaler' must not be hpa ('jobs') and keda ('jobs') in one environment: prometheus-adapter and KEDA both serve v1beta1.external.metrics.k8s.io, and a cluster has one",
      "'scaler' (hpa) of 'jobs' needs the addon prometheus-adapter",
      "'scaler' (keda) of 'jobs' needs the addon keda",
    ]);
    expect(faultsOf([keda], { addons: ['keda'] })).toEqual([
      "'scaler' (keda) of 'jobs' needs the addon kube-prometheus-stack",
    ]);
  });

  it('are refused with every sentence of a clause that cannot be kept', () => {
    const refused = faultsOf([{ scaler: 'hpa', workload: { ...workload, policy: open } }]);
    expect(refused.map((fault) => fault.split(': ')[0])).toEqual([
      "workload 'jobs', startWhen.readyAtLeast",
      "workload 'jobs', stopWhen.drained",
      "workload 'jobs', minReplicas",
    ]);
  });

  it('take an HPA to 0 from the Kubernetes on that does, and not before', () => {
    const idle = proportional({ perReplica: 10, maxReplicas: 25 });
    const toZero: Scaled = { scaler: 'hpa', workload: { ...workload, policy: idle } };
    expect(faultsOf([toZero], { kubernetes: '1.37' })).toEqual([]);
    expect(built(toZero, '1.37')[0].spec.minReplicas).toBe(0);
    expect(faultsOf([toZero])).toEqual([expect.stringContaining('HPAScaleToZero')]);
  });
});
