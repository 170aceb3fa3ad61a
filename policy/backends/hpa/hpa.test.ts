import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/properties.ts';
import {
  assessFidelity,
  type BasePolicy,
  clausesOf,
  compileHpa,
  decide,
  drain,
  emptyHistory,
  latch,
  type Policy,
  proportional,
  refusals,
  ScalerConfigError,
  schedule,
} from '../../index.ts';
import { backlogPolicies, clockPolicies } from '../../testing/arbitraries.ts';
import { scraped, target } from '../../testing/workloads.ts';
import { hpaSupport } from './support.ts';

const compiled = (policy: Policy, cluster = {}) =>
  compileHpa({ name: 'jobs', source: scraped, target, policy }, cluster);

const verdicts = (policy: Policy, cluster = {}) =>
  Object.fromEntries(compiled(policy, cluster).fidelity.map(({ clause, fidelity }) => [clause, fidelity]));

/** A quantity in thousandths. */
const milli = (quantity = '') =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;

/**
 * The HPA's own sum for an external metric with an average value, at a tolerance of 0.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
function hpaReplicas(policy: BasePolicy, backlog: number): number {
  const spec = compiled(policy, { scaleToZero: true }).manifests[0]?.spec;
  const average = milli(spec?.metrics[0]?.external.target.averageValue);
  const wanted = Math.ceil((backlog * 1000) / average);
  return Math.min(Math.max(wanted, spec?.minReplicas ?? Number.NaN), spec?.maxReplicas ?? Number.NaN);
}

const decided = (policy: BasePolicy, backlog: number): number =>
  decide(policy, {
    reading: { ready: backlog, unacked: 0, at: 0 },
    current: policy.minReplicas,
    history: emptyHistory,
    now: 0,
  }).replicas;

const bounds = fc
  .tuple(fc.nat({ max: 5 }), fc.integer({ min: 1, max: 500 }))
  .map(([minReplicas, more]) => ({ minReplicas, maxReplicas: minReplicas + more }));
const backlogs = fc.nat({ max: 100_000 });

describe('compileHpa', () => {
  it('writes the HPA and the rule of its metric', () => {
    const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
    const { manifests, adapterRules } = compiled(policy);
    const guarded = (query: string) => `sum(${query} and time() - timestamp(${query}) <= 60)`;
    expect(manifests[0]?.spec).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'consumer' },
      minReplicas: 1,
      maxReplicas: 25,
      metrics: [
        {
          type: 'External',
          external: {
            metric: { name: 'backlog-jobs' },
            target: { type: 'AverageValue', averageValue: '10' },
          },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          policies: [{ type: 'Pods', value: 25, periodSeconds: 1 }],
          selectPolicy: 'Max',
          tolerance: '0',
        },
        scaleDown: {
          stabilizationWindowSeconds: 60,
          policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }],
          selectPolicy: 'Max',
          tolerance: '0',
        },
      },
    });
    expect(adapterRules).toEqual([
      {
        seriesQuery: scraped.readyQuery,
        resources: { namespaced: false },
        name: { matches: '^.*$', as: 'backlog-jobs' },
        metricsQuery: `${guarded(scraped.readyQuery)} + ${guarded(scraped.unackedQuery ?? '')}`,
      },
    ]);
  });

  it('keeps every clause of a proportional and a drain policy', () => {
    const common = { minReplicas: 1, maxReplicas: 25 };
    const all = { minReplicas: 'exact', maxReplicas: 'exact', staleAfterSeconds: 'exact' };
    const behavior = { 'behavior.scaleUp': 'exact', 'behavior.scaleDown': 'exact' };
    expect(verdicts(proportional({ ...common, perReplica: 10 }))).toEqual({
      ...all,
      ...behavior,
      perReplica: 'exact',
    });
    const slo = drain({ ...common, sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 10 });
    expect(verdicts(slo)).toEqual({ ...all, ...behavior, sloSeconds: 'exact' });
    // (300 s - 10 s) / 2 s = 145 jobs a replica
    expect(compiled(slo).manifests[0]?.spec.metrics[0]?.external.target.averageValue).toBe('145');
  });

  it('says what it only keeps about', () => {
    const thirds = drain({ sloSeconds: 100, meanServiceSeconds: 3, minReplicas: 1, maxReplicas: 5 });
    expect(compiled(thirds).fidelity[0]).toMatchObject({
      fidelity: 'approximate',
      why: 'An HPA counts in thousandths of a message: 33.333333333333336 messages a replica become 33.333.',
    });
    const whole = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 5 });
    expect(compiled(whole, { tolerance: false }).fidelity[0]?.why).toContain('22 wanted stay 20');
    expect(JSON.stringify(compiled(whole, { tolerance: false }).manifests)).not.toContain('tolerance');
    const scaleDown = { policies: [{ type: 'Pods' as const, value: 1, periodSeconds: 15 }] };
    const paced = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 5, behavior: { scaleDown } });
    expect(verdicts(paced)['behavior.scaleDown']).toBe('approximate');
  });

  it('refuses 0 replicas, a latch, a schedule and a window of hours, each with its sentence', () => {
    const zero = compiled(proportional({ perReplica: 10, maxReplicas: 25 }));
    expect(refusals(zero.fidelity)).toEqual([
      "workload 'jobs', minReplicas: An HPA keeps at least 1 replica unless the API server and the controller manager run with the feature gate HPAScaleToZero (alpha, off by default); raise 'minReplicas' to 1, or choose KEDA or the own scaler.",
    ]);
    expect(zero).toMatchObject({ manifests: [], adapterRules: [] });
    const open = latch({
      minReplicas: 1,
      replicas: 25,
      startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 },
    });
    expect(refusals(compiled(open).fidelity).map((sentence) => sentence.split(':')[0])).toEqual([
      "workload 'jobs', startWhen.readyAtLeast",
      "workload 'jobs', startWhen.oldestWaitSeconds",
      "workload 'jobs', ageOpens.as-needed",
      "workload 'jobs', stopWhen.drained",
    ]);
    const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
    const windows = [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 5 }];
    expect(verdicts(schedule({ policy, timeZone: 'UTC', windows })).windows).toBe('refused');
    const scaleDown = { stabilizationWindowSeconds: 7200 };
    const slow = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 5, behavior: { scaleDown } });
    expect(verdicts(slow)['behavior.scaleDown']).toBe('refused');
  });

  it("goes to 0 where the environment's Kubernetes does so by default", () => {
    const idle = proportional({ perReplica: 10, maxReplicas: 25 });
    const minReplicas = (cluster: object) => verdicts(idle, cluster).minReplicas;
    for (const kubernetes of ['1.37', 'v1.37.1', '1.40']) {
      expect(minReplicas({ kubernetes })).toBe('exact');
      expect(compiled(idle, { kubernetes }).manifests[0]?.spec.minReplicas).toBe(0);
    }
    for (const kubernetes of ['1.36', 'v1.36.3', '1.9', undefined])
      expect(minReplicas({ ...(kubernetes && { kubernetes }) })).toBe('refused');
    // The gate is what counts: on below, off above.
    expect(minReplicas({ kubernetes: '1.36', scaleToZero: true })).toBe('exact');
    expect(minReplicas({ kubernetes: '1.37', scaleToZero: false })).toBe('refused');
    expect(JSON.stringify(compiled(idle, { kubernetes: '1.37' }).manifests)).toContain('tolerance');
    const busy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
    expect(JSON.stringify(compiled(busy, { kubernetes: '1.34' }).manifests)).not.toContain('tolerance');
  });

  it.each(['', '1', '2.0', '1.37-eks', 'latest', '1.99999'])("'%s' is no version", (kubernetes) => {
    const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
    expect(() => compiled(policy, { kubernetes })).toThrow(
      new ScalerConfigError([`'kubernetes' ("${kubernetes}") must be a version such as 1.36`]),
    );
  });

  it('takes no calculated query: the adapter discovers series', () => {
    const source = { ...scraped, readyQuery: 'sum(ready)' };
    const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });
    expect(() => compileHpa({ name: 'jobs', source, target, policy })).toThrow(
      new ScalerConfigError([
        "'source.readyQuery' (sum(ready)) must be one plain series selector for an HPA",
      ]),
    );
  });

  it('gives the count that decide gives, for every backlog and every whole number of thousandths', () => {
    const perReplicas = fc.integer({ min: 1, max: 50_000 }).map((milli) => milli / 1000);
    fc.assert(
      fc.property(bounds, perReplicas, backlogs, (range, perReplica, backlog) => {
        const policy = proportional({ ...range, perReplica });
        expect(hpaReplicas(policy, backlog)).toBe(decided(policy, backlog));
      }),
      { numRuns: runs(300) },
    );
  });

  it('gives the count of decide for every drain policy that it calls exact', () => {
    const spans = fc.tuple(fc.integer({ min: 20, max: 600 }), fc.constantFrom(0.5, 1, 2, 4, 5, 8));
    fc.assert(
      fc.property(bounds, spans, backlogs, (range, [sloSeconds, meanServiceSeconds], backlog) => {
        const policy = drain({ ...range, sloSeconds, meanServiceSeconds, podStartSeconds: 10 });
        expect(verdicts(policy, { scaleToZero: true }).sloSeconds).toBe('exact');
        expect(hpaReplicas(policy, backlog)).toBe(decided(policy, backlog));
      }),
      { numRuns: runs(300) },
    );
  });

  it('refuses every policy that follows the time alone', () => {
    fc.assert(
      fc.property(clockPolicies, (policy) => {
        expect(refusals(assessFidelity('web', policy, hpaSupport(scraped, {})))).toContainEqual(
          "workload 'web', constant: An HPA follows a metric, and a constant has none; write the count into the Deployment, or choose the own scaler.",
        );
      }),
    );
  });

  it('judges every clause of every policy once, and writes nothing where it refuses one', () => {
    fc.assert(
      fc.property(backlogPolicies, fc.boolean(), fc.boolean(), (policy, scaleToZero, tolerance) => {
        const { fidelity, manifests, adapterRules } = compiled(policy, { scaleToZero, tolerance });
        expect(fidelity.map(({ clause }) => clause)).toEqual(clausesOf(policy));
        const written = refusals(fidelity).length === 0 ? 1 : 0;
        expect([manifests.length, adapterRules.length]).toEqual([written, written]);
      }),
    );
  });
});
