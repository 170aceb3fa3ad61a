import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { proportional } from '@sluice/policy';
import { App, Chart } from 'cdk8s';
import { beforeAll, describe, expect, it } from 'vitest';
import { platform, systemIn } from '../../../apps/main.ts';
import { local } from '../../../apps/testing/environments.ts';
import { queueWorker } from '../../../apps/workloads/queue-worker.ts';
import type { ScalerKind } from '../../../charts/scaling.ts';
import { faultsByFile, promtool } from './promtool.ts';
import { type AlertRule, alertsIn } from './rules.ts';
import { testFile } from './scenario.ts';
import { scaledScenarios } from './scenarios/scaled.ts';
import { nameOf, written, writtenGroup } from './written.ts';

const environments = {
  hpa: local,
  keda: {
    ...local,
    addons: local.addons.map((name) => (name === 'prometheus-adapter' ? ('keda' as const) : name)),
  },
};

/** The alerts of a worker whose image is not of this repository. */
function alertsUnder(scaler: ScalerKind & keyof typeof environments): readonly AlertRule[] {
  const worker = queueWorker('thumbnails', {
    ...{ image: 'registry.example/thumbnails:1.0.0', longestJobSeconds: 20, stopDeadlineSeconds: 30 },
    ...{ queue: { queue: 'images', retrySeconds: 300 }, scaler },
    policy: proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 8 }),
  });
  const chart = new Chart(new App(), 'thumbnails');
  worker.build(chart, environments[scaler], systemIn(environments[scaler], platform([worker])));
  const objects: IPrometheusRule[] = chart.toJson();
  const groups = objects.flatMap(({ kind, spec }) => (kind === 'PrometheusRule' ? (spec?.groups ?? []) : []));
  return alertsIn({ path: `${scaler}/rules.yaml`, environment: scaler, namespace: 'thumbnails', groups });
}

describe.each(['hpa', 'keda'] as const)('a worker that %s scales, in any language', (scaler) => {
  const alerts = alertsUnder(scaler);
  const tests = new Map(
    alerts.map((rule) => {
      const scenario = scaledScenarios[rule.name]?.(rule);
      if (scenario === undefined) throw new Error(`${rule.name} has no scenario`);
      const test = testFile(rule, scenario, writtenGroup(rule.file, rule.group));
      return [rule.name, written(`${nameOf(rule.file)}-${rule.name}`, test)];
    }),
  );
  let faults: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    faults = faultsByFile((await promtool('test', 'rules', ...tests.values())).text);
  });

  it('has an alert for each state that is silent otherwise', () => {
    expect([...tests.keys()].sort()).toEqual([
      ...['BacklogStandsStill', 'ConsumersRestart', 'DeliveriesUnacked', 'JobsNotConsumed', 'JobsParked'],
      ...['RetriesPileUp', 'ScalerReadingsFrozen'],
    ]);
  });

  it('waits for six retry times before it says that retries pile up', () => {
    expect(alerts.find(({ name }) => name === 'RetriesPileUp')?.forMinutes).toBe(30);
  });

  it.each([...tests])('%s fires when it is wrong, not before, and resolves', (_, path) => {
    expect(faults.get(path)).toBe('');
  });
});
