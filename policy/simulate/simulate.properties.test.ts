import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { baseOf } from '../decide/decide.ts';
import { type Arrivals, latch, type Simulation, simulate, type Timing } from '../index.ts';
import { policies } from '../testing/arbitraries.ts';

/** Replicas that die at once: a stop kills the work in flight. */
const timing: Timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 3,
  service: { distribution: 'constant', meanSeconds: 10 },
  gracefulStopSeconds: 0,
  killsAfterGrace: true,
};
describe('a latch that stops on drained', () => {
  const bursts = fc.record({
    jobs: fc.integer({ min: 1, max: 400 }),
    replicas: fc.integer({ min: 1, max: 50 }),
    mark: fc.integer({ min: 1, max: 200 }),
    meanSeconds: fc.integer({ min: 1, max: 8 }),
    distribution: fc.constantFrom('constant' as const, 'uniform' as const, 'exponential' as const),
    podStartSeconds: fc.nat({ max: 30 }),
    scrapeDelaySeconds: fc.nat({ max: 30 }),
    seed: fc.integer(),
  });

  it('never flaps and never kills: at most one open and one close a burst', () => {
    fc.assert(
      fc.property(bursts, ({ jobs, replicas, mark, meanSeconds, distribution, seed, ...times }) => {
        const report = simulate({
          policy: latch({ replicas, startWhen: { readyAtLeast: mark, oldestWaitSeconds: 60 } }),
          // The slowest: 400 jobs x 8 s on one replica are 3200 s on average.
          arrivals: { kind: 'bursts', jobs, everySeconds: 7200 },
          timing: { ...timing, ...times, service: { distribution, meanSeconds } },
          seconds: 3 * 7200,
          seed,
        });
        expect(report).toMatchObject({ replicaChanges: 6, restarts: 0, residue: 0, processed: 3 * jobs });
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('whatever is simulated', () => {
  const arrivals: fc.Arbitrary<Arrivals> = fc.oneof(
    fc.record({
      kind: fc.constant('bursts' as const),
      jobs: fc.nat({ max: 300 }),
      everySeconds: fc.integer({ min: 1, max: 900 }),
    }),
    fc.record({
      kind: fc.constantFrom('poisson' as const, 'constant' as const),
      perSecond: fc.double({ min: 0, max: 5, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant('sine' as const),
      meanPerSecond: fc.double({ min: 0, max: 5, noNaN: true }),
      amplitude: fc.double({ min: 0, max: 1, noNaN: true }),
      periodSeconds: fc.integer({ min: 10, max: 2000 }),
    }),
  );
  const timings: fc.Arbitrary<Timing> = fc.record({
    pollSeconds: fc.integer({ min: 1, max: 30 }),
    scrapeDelaySeconds: fc.nat({ max: 30 }),
    podStartSeconds: fc.double({ min: 0, max: 30, noNaN: true }),
    service: fc.record({
      distribution: fc.constantFrom('constant' as const, 'uniform' as const, 'exponential' as const),
      meanSeconds: fc.double({ min: 0.01, max: 20, noNaN: true }),
    }),
    gracefulStopSeconds: fc.nat({ max: 20 }),
    killsAfterGrace: fc.boolean(),
  });
  const simulations: fc.Arbitrary<Simulation> = fc.record({
    policy: policies,
    arrivals,
    timing: timings,
    seed: fc.integer(),
    seconds: fc.integer({ min: 1, max: 3000 }),
    brokerTellsAge: fc.boolean(),
  });

  it('no job is lost and none is invented', () => {
    fc.assert(
      fc.property(simulations, (simulation) => {
        const report = simulate(simulation);
        expect(report.processed + report.residue).toBe(report.published);
      }),
    );
  });

  it('pods cost at least the work they did, and the bounds hold', () => {
    fc.assert(
      fc.property(simulations, (simulation) => {
        const { podSecondsOverIdeal, series, waitP50, waitP95, waitP99, waitMax } = simulate(simulation);
        expect(podSecondsOverIdeal).toBeGreaterThan(-1e-6);
        expect(waitP50).toBeLessThanOrEqual(waitP95);
        expect(waitP95).toBeLessThanOrEqual(waitP99);
        expect(waitP99).toBeLessThanOrEqual(waitMax);
        expect(Math.max(...series.replicas)).toBeLessThanOrEqual(baseOf(simulation.policy).maxReplicas);
        expect(series.second.length).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('the same seed gives the same report, and another seed other work', () => {
    fc.assert(
      fc.property(simulations, (simulation) => {
        expect(simulate(simulation)).toEqual(simulate(simulation));
      }),
      { numRuns: runs(30) },
    );
    const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
    const random = {
      policy,
      arrivals: { kind: 'poisson', perSecond: 1 },
      timing,
      seconds: 3600,
    } as const;
    expect(simulate({ ...random, seed: 1 })).not.toEqual(simulate({ ...random, seed: 2 }));
  });

  it('a scaler that restarts with its history changes nothing', () => {
    fc.assert(
      fc.property(simulations, fc.array(fc.nat({ max: 3000 }), { maxLength: 5 }), (simulation, instants) => {
        const scalerRestarts = instants.map((atSecond) => ({ atSecond, keepsHistory: true }));
        expect(simulate({ ...simulation, scalerRestarts })).toEqual(simulate(simulation));
      }),
      { numRuns: runs(50) },
    );
  });
});
