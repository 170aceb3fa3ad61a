import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { proportional } from '@sluice/policy';
import { App, Chart } from 'cdk8s';
import { beforeAll, describe, expect, it } from 'vitest';
import { platform } from '../../../apps/platform/index.ts';
import { systemIn } from '../../../apps/rendering.ts';
import { bank } from '../../../apps/testing/environments.ts';
import { type QueueWorkerValues, queueWorker } from '../../../apps/workloads/queue-worker.ts';
import type { ScalerKind } from '../../../charts/scaling.ts';
import { faultsByFile, promtool } from './promtool.ts';
import { type AlertRule, alertsIn } from './rules.ts';
import { testFile } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { nameOf, written, writtenAlert } from './written.ts';

const environments = {
  hpa: bank,
  keda: {
    ...bank,
    addons: bank.addons.map((name) => (name === 'prometheus-adapter' ? ('keda' as const) : name)),
  },
};

/** Where its jobs come from. */
const queues = {
  'the broker': { queue: 'images', retrySeconds: 300 },
  Redis: { prefix: '{thumbnails}', queue: 'images' },
  'Redis with jobs for later': { prefix: '{thumbnails}', queue: 'images', schedulesJobs: true },
} as const satisfies Readonly<Record<string, QueueWorkerValues['queue']>>;

type Source = keyof typeof queues;

/** The alerts of a worker whose image is not of this repository. */
function alertsUnder(scaler: ScalerKind & keyof typeof environments, source: Source): readonly AlertRule[] {
  const worker = queueWorker('thumbnails', {
    ...{ image: 'registry.example/thumbnails:1.0.0', longestJobSeconds: 20, stopDeadlineSeconds: 30 },
    ...{ queue: queues[source], scaler },
    policy: proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 8 }),
  });
  const chart = new Chart(new App(), 'thumbnails');
  worker.build(chart, environments[scaler], systemIn(environments[scaler], platform([worker])));
  const objects: IPrometheusRule[] = chart.toJson();
  const groups = objects.flatMap(({ kind, spec }) => (kind === 'PrometheusRule' ? (spec?.groups ?? []) : []));
  return alertsIn({
    path: `${scaler}-${source}/rules.yaml`,
    environment: scaler,
    namespace: 'thumbnails',
    groups,
  });
}

const ANY = [
  ...['BacklogStandsStill', 'ConsumersRestart', 'DeliveriesUnacked', 'JobsNotConsumed'],
  'ScalerReadingsFrozen',
];
/** Its alerts beside those of any; in Redis the failed set is an alert of the server's, for all queues. */
const MORE: Readonly<Record<Source, readonly string[]>> = {
  'the broker': ['JobsParked', 'RetriesPileUp'],
  Redis: ['RetriesPileUp'],
  'Redis with jobs for later': [],
};

const cases = (['hpa', 'keda'] as const).flatMap((scaler) =>
  (Object.keys(queues) as Source[]).map((source) => [scaler, source] as const),
);

describe.each(cases)('a worker that %s scales, in any language, with jobs of %s', (scaler, source) => {
  const alerts = alertsUnder(scaler, source);
  const tests = new Map(
    alerts.map((rule) => {
      const scenario = scenarios[rule.name]?.(rule);
      if (scenario === undefined) throw new Error(`${rule.name} has no scenario`);
      const test = testFile(rule, scenario, writtenAlert(rule));
      return [rule.name, written(`${nameOf(rule.file)}-${rule.name}`, test)];
    }),
  );
  let faults: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    faults = faultsByFile((await promtool('test', 'rules', ...tests.values())).text);
  });

  it('has an alert for each state that is silent otherwise', () => {
    expect([...tests.keys()].sort()).toEqual([...ANY, ...MORE[source]].sort());
  });

  it.each([...tests])('%s fires when it is wrong, not before, and resolves', (_, path) => {
    expect(faults.get(path)).toBe('');
  });
});

it('a worker waits for six retry times before it says that retries pile up', () => {
  const minutes = (source: Source): number | undefined =>
    alertsUnder('hpa', source).find(({ name }) => name === 'RetriesPileUp')?.forMinutes;
  expect([minutes('the broker'), minutes('Redis')]).toEqual([30, 15]);
});
