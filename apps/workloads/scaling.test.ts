import { latch, type Policy, proportional } from '@sluice/policy';
import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { ScalerKind } from '../../charts/scaling.ts';
import type { Environment } from '../../environments/environment.ts';
import { keptPolicies } from '../../packages/analysis/fidelity.ts';
import { parsePromql } from '../../packages/contracts/promql.ts';
import type { Manifest } from '../../packages/manifests/manifests.ts';
import { valueAt } from '../../packages/manifests/objects.ts';
import { platform } from '../platform/index.ts';
import { systemIn } from '../rendering.ts';
import { local } from '../testing/environments.ts';
import { queueWorker } from './queue-worker.ts';

const byLoad = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 8 });
const byMark = latch({ replicas: 5, startWhen: { readyAtLeast: 10 } });
const onAdapter = local;
const onKeda: Environment = {
  ...local,
  addons: local.addons.map((name) => (name === 'prometheus-adapter' ? 'keda' : name)),
};

const workerOf = (scaler: ScalerKind, policy: Policy) =>
  queueWorker('thumbnails', {
    ...{ image: 'registry.example/thumbnails:1.0.0', longestJobSeconds: 20, stopDeadlineSeconds: 30 },
    ...{ queue: { queue: 'images', retrySeconds: 30 }, policy, scaler },
  });

function chosen(scaler: ScalerKind, policy: Policy, environment: Environment) {
  const worker = workerOf(scaler, policy);
  const system = systemIn(environment, platform([worker]));
  const chart = new Chart(new App(), 'thumbnails');
  worker.build(chart, environment, system);
  const manifests: Manifest[] = chart.toJson();
  const alerts = manifests
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap((rule) => valueAt(rule, ['spec', 'groups']) as { rules: { alert?: string; expr: string }[] }[])
    .flatMap(({ rules }) => rules);
  return { system, manifests, alerts, kinds: manifests.map(({ kind }) => kind) };
}

const SCALED = ['ConfigMap', 'HorizontalPodAutoscaler', 'Role', 'ScaledObject', 'TriggerAuthentication'];
const ownersAmong = (kinds: readonly string[]) => kinds.filter((kind) => SCALED.includes(kind)).sort();

describe('a queue worker that chooses its scaler', () => {
  it('is scaled by the own one unless it says otherwise, with a permission beside it', () => {
    const { kinds, system } = chosen('own', byMark, onAdapter);
    expect(ownersAmong(kinds)).toEqual(['Role']);
    expect(system.adapterRules).toEqual([]);
  });

  it('has an HPA, and its rule reaches prometheus-adapter', () => {
    const { kinds, system } = chosen('hpa', byLoad, onAdapter);
    expect(ownersAmong(kinds)).toEqual(['HorizontalPodAutoscaler']);
    expect(system.adapterRules.map(({ name, seriesQuery }) => [name.as, seriesQuery])).toEqual([
      ['backlog-images', 'lavinmq_detailed_queue_messages_ready{namespace="broker",queue="images"}'],
    ]);
    const rabbitmq = chosen('hpa', byLoad, { ...onAdapter, broker: 'rabbitmq' });
    expect(rabbitmq.system.adapterRules[0]?.metricsQuery).toContain(
      'rabbitmq_detailed_queue_messages_unacked{namespace="broker",queue="images"}',
    );
  });

  it('is rendered for KEDA, which asks the broker as a user that touches no queue', () => {
    const { kinds, system } = chosen('keda', byLoad, onKeda);
    expect(ownersAmong(kinds)).toEqual(['ConfigMap', 'ScaledObject', 'TriggerAuthentication']);
    expect(system.brokerUsers).toContainEqual({ name: 'thumbnails-keda', monitors: true });
    expect(system.connections).toContainEqual({
      from: { namespace: 'keda', everyPod: true },
      to: expect.objectContaining({ name: 'broker' }),
      port: 15672,
    });
    expect(system.secrets).toContainEqual({
      owner: expect.objectContaining({ name: 'thumbnails' }),
      ...{ secretName: 'keda-credentials', keys: { password: 'thumbnails-keda' } },
    });
  });

  it('is rendered for KEDA with Prometheus, without a login, where the policy needs a memory', () => {
    const { kinds, system } = chosen('keda', byMark, onKeda);
    expect(ownersAmong(kinds)).toEqual(['ScaledObject']);
    expect(system.brokerUsers.map(({ name }) => name)).not.toContain('thumbnails-keda');
  });

  it.each([
    ['hpa', onAdapter],
    ['keda', onKeda],
  ] as const)('is watched by what %s and the broker tell, not by the own scaler', (scaler, environment) => {
    const { alerts } = chosen(scaler, byLoad, environment);
    expect(alerts.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining(['ScalerReadingsFrozen', 'BacklogStandsStill']),
    );
    expect(alerts.filter(({ expr }) => expr.includes('sluice_scaler'))).toEqual([]);
    expect(alerts.flatMap(({ expr }) => parsePromql(expr).faults)).toEqual([]);
  });

  it('is refused with the sentence of each clause that its scaler cannot keep', () => {
    expect(() => chosen('hpa', byMark, onAdapter)).toThrow(
      "workload 'images', startWhen.readyAtLeast: An HPA moves in proportion to its metric",
    );
  });

  it('is refused where the addon is not installed', () => {
    expect(() => chosen('keda', byLoad, onAdapter)).toThrow(
      "'scaler' (keda) of 'images' needs the addon keda",
    );
  });

  it('may go to 0 on an HPA from the Kubernetes on that does', () => {
    const idle = proportional({ perReplica: 10, maxReplicas: 8 });
    expect(() => chosen('hpa', idle, onAdapter)).toThrow("workload 'images', minReplicas");
    expect(chosen('hpa', idle, { ...onAdapter, kubernetes: '1.37' }).kinds).toContain(
      'HorizontalPodAutoscaler',
    );
  });

  it('says clause by clause how its policy is kept', () => {
    const applications = platform([workerOf('keda', byLoad)]);
    const [kept] = keptPolicies(onKeda, { environments: [onKeda], applications });
    expect(kept).toMatchObject({ workload: 'images', scaler: 'keda', policy: 'proportional' });
    const clauses = Object.fromEntries(kept?.clauses.map(({ clause, fidelity }) => [clause, fidelity]) ?? []);
    expect(clauses).toMatchObject({ perReplica: 'exact', staleAfterSeconds: 'approximate' });
  });
});
