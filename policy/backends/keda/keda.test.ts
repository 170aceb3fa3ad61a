import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/properties.ts';
import {
  clausesOf,
  compileKeda,
  constant,
  drain,
  type KedaWorkload,
  latch,
  type Policy,
  proportional,
  refusals,
  ScalerConfigError,
  schedule,
} from '../../index.ts';
import { backlogPolicies, clockPolicies } from '../../testing/arbitraries.ts';
import { asked, scraped, target } from '../../testing/workloads.ts';

const cluster = { pollSeconds: 5, credentials: 'broker' };
const compiled = (policy: Policy, source: KedaWorkload['source'] = asked) =>
  compileKeda({ name: 'jobs', source, target, policy }, cluster);
const verdicts = (policy: Policy, source?: KedaWorkload['source']) =>
  Object.fromEntries(compiled(policy, source).fidelity.map(({ clause, fidelity }) => [clause, fidelity]));
const triggers = (policy: Policy, source?: KedaWorkload['source']) => {
  const object = compiled(policy, source).manifests.find((one) => one.kind === 'ScaledObject');
  return object?.kind === 'ScaledObject' ? object.spec.triggers : [];
};

const shared = proportional({ perReplica: 10, maxReplicas: 25 });
const open = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const windows = [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 }];

describe('compileKeda', () => {
  it('asks the broker for ready + unacked, as a user whose password is in a Secret', () => {
    const { manifests } = compiled(shared);
    expect(manifests).toMatchObject([
      {
        kind: 'ScaledObject',
        metadata: { name: 'consumer', namespace: 'consumer' },
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'consumer' },
          pollingInterval: 5,
          cooldownPeriod: 60,
          minReplicaCount: 0,
          maxReplicaCount: 25,
          triggers: [
            {
              type: 'rabbitmq',
              metricType: 'AverageValue',
              metadata: {
                protocol: 'http',
                host: 'http://broker:15672',
                vhostName: '/',
                queueName: 'jobs',
                mode: 'QueueLength',
                value: '10',
                activationValue: '0',
                excludeUnacknowledged: 'false',
              },
              authenticationRef: { name: 'consumer' },
            },
          ],
        },
      },
      {
        kind: 'TriggerAuthentication',
        metadata: { name: 'consumer', namespace: 'consumer' },
        spec: {
          configMapTargetRef: [{ parameter: 'username', name: 'consumer-keda', key: 'username' }],
          secretTargetRef: [{ parameter: 'password', name: 'broker', key: 'password' }],
        },
      },
      { kind: 'ConfigMap', metadata: { name: 'consumer-keda', namespace: 'consumer' } },
    ]);
  });

  it('or asks Prometheus, where a missing answer is not 0', () => {
    const slo = drain({ sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 10, maxReplicas: 25 });
    expect(compiled(slo, scraped).manifests).toHaveLength(1);
    expect(triggers(slo, scraped)).toMatchObject([
      {
        type: 'prometheus',
        metadata: { threshold: '145', activationThreshold: '0', ignoreNullValues: 'false' },
      },
    ]);
  });

  it('says clause by clause what it keeps', () => {
    expect(verdicts(shared)).toEqual({
      perReplica: 'exact',
      minReplicas: 'exact',
      maxReplicas: 'exact',
      staleAfterSeconds: 'approximate',
      'behavior.scaleUp': 'exact',
      'behavior.scaleDown': 'exact',
    });
    const kept = { ...shared, minReplicas: 1 };
    expect(verdicts(kept, scraped).staleAfterSeconds).toBe('exact');
    // A failed poll may count as an empty queue, and at a minimum of 0 there is nothing that keeps it from 0.
    expect(verdicts(shared, scraped).staleAfterSeconds).toBe('approximate');
    const calculated = { ...scraped, readyQuery: 'sum(ready)' };
    expect(verdicts(kept, calculated).staleAfterSeconds).toBe('approximate');
    const { unackedQuery: _, ...blind } = scraped;
    expect(verdicts(shared, blind).perReplica).toBe('approximate');
  });

  it('goes to 0 by itself, past any rate', () => {
    const scaleDown = { policies: [{ type: 'Pods' as const, value: 1, periodSeconds: 15 }] };
    const paced = proportional({ perReplica: 10, maxReplicas: 5, behavior: { scaleDown } });
    expect(verdicts(paced)['behavior.scaleDown']).toBe('approximate');
    const scaleUp = { stabilizationWindowSeconds: 30 };
    const slow = proportional({ perReplica: 10, maxReplicas: 5, behavior: { scaleUp } });
    expect(verdicts(slow)['behavior.scaleUp']).toBe('approximate');
    for (const direction of ['scaleUp', 'scaleDown'] as const) {
      const behavior = { [direction]: { selectPolicy: 'Disabled' as const } };
      const fixed = proportional({ perReplica: 10, maxReplicas: 5, behavior });
      expect(verdicts(fixed)[`behavior.${direction}`]).toBe('refused');
    }
  });

  it('raises the floor in a window, but knows no holidays', () => {
    const office = schedule({ policy: shared, timeZone: 'Europe/Berlin', windows });
    expect(triggers(office).at(1)).toEqual({
      type: 'cron',
      metricType: 'AverageValue',
      metadata: {
        timezone: 'Europe/Berlin',
        start: '0 8 * * 1-5',
        end: '0 18 * * 1-5',
        desiredReplicas: '5',
      },
    });
    expect(verdicts(office).windows).toBe('approximate');
    const closed = schedule({ ...office, holidays: ['2026-12-25'] });
    expect(refusals(compiled(closed).fidelity)).toEqual([
      "workload 'jobs', holidays: A cron trigger knows no holidays; leave them out, or choose the own scaler.",
    ]);
  });

  it('keeps a latch about, where Prometheus remembers for it, and refuses it elsewhere', () => {
    expect(verdicts(open, scraped)).toMatchObject({
      'startWhen.readyAtLeast': 'approximate',
      'stopWhen.drained': 'approximate',
    });
    expect(triggers(open, scraped).at(0)?.metadata.threshold).toBe('1');
    expect(verdicts(open, asked)).toMatchObject({
      'startWhen.readyAtLeast': 'refused',
      'stopWhen.drained': 'refused',
    });
    const { unackedQuery: _, ...blind } = scraped;
    expect(verdicts(open, blind)['stopWhen.drained']).toBe('refused');
    expect(compiled(open, asked).manifests).toEqual([]);
  });

  it('opens to all replicas for a residue, says so, and refuses it where nothing knows an age', () => {
    const aged = (more: { readonly ageOpens?: 'all' } = {}) =>
      latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 120 }, ...more });
    const said = compiled(aged(), scraped).fidelity.find(({ clause }) => clause === 'ageOpens.as-needed');
    expect(said).toMatchObject({
      fidelity: 'approximate',
      why: expect.stringContaining('KEDA opens to all replicas for a residue as well'),
    });
    expect(verdicts(aged({ ageOpens: 'all' }), scraped)['ageOpens.all']).toBe('exact');
    expect(verdicts(aged(), asked)['ageOpens.as-needed']).toBe('refused');
    // One query for both: what an age opened is not told apart.
    expect(triggers(aged(), scraped)).toEqual(triggers(aged({ ageOpens: 'all' }), scraped));
  });

  it('names every fault at once', () => {
    const faulty = () =>
      compileKeda(
        {
          ...{ name: 'jobs', target, policy: shared },
          source: { ...asked, url: 'https://broker:15671', caFile: '/etc/ca.crt' },
        },
        { pollSeconds: 0.5 },
      );
    expect(faulty).toThrow(
      new ScalerConfigError([
        "'source.caFile' must be absent for KEDA, whose operator reads no file of a workload",
        "'credentials' must name a Secret where KEDA asks the broker or Redis itself",
        "'pollSeconds' (0.5) must be an integer of at least 1 and at most 3600",
      ]),
    );
  });

  it('makes cron triggers of a timetable, and refuses a constant that has no windows', () => {
    const timetable = schedule({
      policy: constant({ replicas: 1, maxReplicas: 15 }),
      ...{ timeZone: 'Europe/Berlin', windows },
    });
    expect(triggers(timetable, { kind: 'clock' }).map(({ type }) => type)).toEqual(['cron']);
    expect(verdicts(timetable, { kind: 'clock' })).toMatchObject({
      ...{ constant: 'exact', staleAfterSeconds: 'exact', windows: 'approximate' },
    });
    expect(refusals(compiled(constant({ replicas: 1 }), { kind: 'clock' }).fidelity)).toEqual([
      expect.stringContaining('a constant without windows has none'),
    ]);
  });

  const sourced = fc.oneof(
    fc.tuple(backlogPolicies, fc.constantFrom(asked, scraped)),
    fc.tuple(clockPolicies, fc.constant({ kind: 'clock' } as const)),
  );

  it('judges every clause of every policy once, and writes nothing where it refuses one', () => {
    fc.assert(
      fc.property(sourced, ([policy, source]) => {
        const { fidelity, manifests } = compiled(policy, source);
        expect(fidelity.map(({ clause }) => clause)).toEqual(clausesOf(policy));
        expect(manifests.length > 0).toBe(refusals(fidelity).length === 0);
      }),
      { numRuns: runs(20) },
    );
  });
});
