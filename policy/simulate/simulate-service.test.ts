import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import {
  type Arrivals,
  constant,
  proportional,
  type ServiceSimulation,
  SimulationError,
  schedule,
  simulateService,
} from '../index.ts';
import { proportionals } from '../testing/arbitraries.ts';

const timeZone = 'Europe/Berlin';

/** One replica for every 10 requests a second, down by a tenth a minute. */
const policy = proportional({
  ...{ perReplica: 10, minReplicas: 1, maxReplicas: 15 },
  behavior: {
    scaleDown: {
      stabilizationWindowSeconds: 60,
      policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
    },
  },
});

const timetable = (days: string) =>
  schedule({
    policy: constant({ replicas: 1, maxReplicas: 15 }),
    timeZone,
    windows: [{ start: `30 7 * * ${days}`, end: `0 18 * * ${days}`, minReplicas: 3 }],
    holidays: ['2026-12-25'],
  });

const timing = { scrapeSeconds: 15, windowSeconds: 60, syncSeconds: 15, pollSeconds: 5, podStartSeconds: 10 };

const HOURS = 4;
const seconds = HOURS * 3600;

/** 2 requests a second, and from an instant on 28. */
function requestsFrom(startAt: number, busyAt: number): Arrivals {
  const entries = Array.from({ length: seconds }, (_, second) => ({
    epochSeconds: startAt / 1000 + second,
    count: startAt + second * 1000 < busyAt ? 2 : 28,
  }));
  return { kind: 'trace', entries };
}

/** Four hours of a morning, beginning at 04:30Z; the office opens at eight. */
function morning(date: string, eight: string, minimum?: ServiceSimulation['minimum']) {
  const startAt = Date.parse(`${date}T04:30:00Z`);
  return simulateService({
    ...{ policy, timing, startAt, seconds, capacityPerReplica: 12, ...(minimum && { minimum }) },
    requests: requestsFrom(startAt, Date.parse(`${date}T${eight}:00Z`)),
  });
}

/** When the minimum first was raised, by the clock on the wall. */
function raisedAt(date: string, eight: string): string | undefined {
  const { series } = morning(date, eight, timetable('*'));
  const row = series.minimum.indexOf(3);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
  return row < 0
    ? undefined
    : clock.format(Date.parse(`${date}T04:30:00Z`) + 1000 * (series.second[row] ?? 0));
}

describe("the eight o'clock peak", () => {
  it('is more than the service can take for about a minute when the HPA has only the requests to go by', () => {
    const report = morning('2026-11-20', '07:00');
    // The rate over 60 s passes 20 a second after 42 s, the next scrape and sync see it, a pod starts in 10 s.
    expect(report.secondsOverCapacity).toBeGreaterThanOrEqual(45);
    expect(report.secondsOverCapacity).toBeLessThanOrEqual(75);
    expect(report.requestsOverCapacity).toBeGreaterThan(300);
    expect(report.peakReplicas).toBe(3);
  });

  it('is met by pods that stand since half past seven when a timetable raises the minimum', () => {
    const without = morning('2026-11-20', '07:00');
    const report = morning('2026-11-20', '07:00', timetable('1-5'));
    expect([report.secondsOverCapacity, report.requestsOverCapacity]).toEqual([0, 0]);
    expect([report.requests, report.peakReplicas]).toEqual([without.requests, 3]);
    // The price: two more pods, from 07:30 until the requests themselves ask for them.
    const more = report.podSeconds - without.podSeconds;
    expect(more).toBeGreaterThanOrEqual(2 * 1800);
    expect(more).toBeLessThan(2 * 1800 + 2 * 90);
  });

  it('is met on no holiday: no window opens', () => {
    const report = morning('2026-12-25', '07:00', timetable('1-5'));
    expect(Math.max(...report.series.minimum)).toBe(1);
    expect(report).toEqual(morning('2026-12-25', '07:00'));
  });

  it.each([
    ['the day before summer time', '2026-03-28', '07:00'],
    ['the day it begins', '2026-03-29', '06:00'],
    ['the day before it ends', '2026-10-24', '06:00'],
    ['the day it ends', '2026-10-25', '07:00'],
  ])('is met at its local hour on %s', (_, date, eight) => {
    expect(raisedAt(date, eight)).toBe('07:30');
    expect(morning(date, eight, timetable('*')).secondsOverCapacity).toBe(0);
  });
});

describe('after the window', () => {
  it('pods go as the HPA lets them, by its own rate and not by its memory of the minimum', () => {
    const startAt = Date.parse('2026-11-20T16:50:00Z');
    const { series } = simulateService({
      ...{ policy, timing, startAt, seconds: 900, capacityPerReplica: 12, minimum: timetable('1-5') },
      requests: { kind: 'constant', perSecond: 2 },
    });
    const first = (replicas: number) => series.replicas.indexOf(replicas);
    // The window closes after 600 s, and the HPA looks at once; a tenth of 3 is one, and the next a minute later.
    expect(series.replicas.slice(0, 600).every((count) => count === 3)).toBe(true);
    expect([first(2), first(1)]).toEqual([600, 660]);
  });
});

describe('whatever the requests, the HPA and the timetable', () => {
  const requests: fc.Arbitrary<Arrivals> = fc.oneof(
    fc.record({ kind: fc.constant('poisson' as const), perSecond: fc.integer({ min: 0, max: 400 }) }),
    fc.record({
      kind: fc.constant('sine' as const),
      meanPerSecond: fc.integer({ min: 1, max: 300 }),
      amplitude: fc.double({ min: 0, max: 1, noNaN: true }),
      periodSeconds: fc.integer({ min: 60, max: 900 }),
    }),
    fc.record({
      kind: fc.constant('bursts' as const),
      jobs: fc.integer({ min: 0, max: 5000 }),
      everySeconds: fc.integer({ min: 1, max: 300 }),
    }),
  );

  it('a raised minimum never lowers a count, and no count exceeds the maximum', () => {
    const floors = fc.integer({ min: 1, max: 11 });
    fc.assert(
      fc.property(proportionals, requests, floors, fc.nat(1e9), (policy, load, floor, start) => {
        const { minReplicas, maxReplicas } = policy;
        const minimum = schedule({
          policy: constant({ replicas: minReplicas, maxReplicas }),
          timeZone,
          windows: [
            { start: '*/7 * * * *', end: '3-59/7 * * * *', minReplicas: Math.min(floor, maxReplicas) },
          ],
        });
        const simulation = {
          ...{ policy, requests: load, timing, capacityPerReplica: policy.perReplica },
          ...{ startAt: 1_700_000_000_000 + start * 1000, seconds: 900 },
        };
        const without = simulateService(simulation).series;
        const { series } = simulateService({ ...simulation, minimum });
        const wrong = [...series.replicas.entries()].filter(([second, replicas]) => {
          const [least = Number.NaN, ready = Number.NaN] = [without.replicas[second], series.ready[second]];
          return !(replicas >= least && replicas <= maxReplicas && ready <= replicas);
        });
        expect(series.replicas.length).toBeGreaterThan(0);
        expect(wrong).toEqual([]);
      }),
      { numRuns: runs(50) },
    );
  });
});

it('names every fault at once', () => {
  const wrong = () =>
    simulateService({
      ...{
        policy: { ...policy, maxReplicas: 2 },
        minimum: timetable('*'),
        capacityPerReplica: 0,
        startAt: 0.5,
      },
      ...{ seconds: 0, requests: { kind: 'constant', perSecond: -1 } },
      timing: { ...timing, windowSeconds: 29, pollSeconds: 0 },
    });
  expect(wrong).toThrow(SimulationError);
  expect(wrong).toThrow(
    [
      "'minimum' (3) must not exceed 'policy.maxReplicas' (2)",
      "'capacityPerReplica' (0) must be a finite number above 0",
      "'startAt' (0.5) must be an integer",
      "'seconds' (0) must be an integer of at least 1 of at most 31622400",
      "'timing.windowSeconds' (29) must be an integer of at least 30",
      "'timing.pollSeconds' (0) must be an integer of at least 1",
      "'requests.perSecond' (-1) must be a finite number of at least 0 of at most 1000000",
    ].join('; '),
  );
});
