import { describe, expect, it } from 'vitest';
import {
  type Arrivals,
  latch,
  parseTrace,
  proportional,
  type Simulation,
  SimulationError,
  schedule,
  simulate,
  type Timing,
} from '../index.ts';

/** Polls every 5 s and replicas that die at once, as in the source system; jobs of 10 s for round numbers. */
const timing: Timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 3,
  service: { distribution: 'constant', meanSeconds: 10 },
  gracefulStopSeconds: 0,
  killsAfterGrace: true,
};
const literal = latch({ replicas: 25, startWhen: { readyAbove: 100 }, stopWhen: 'ready-empty' });
const corrected = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
const once = (jobs: number): Arrivals => ({ kind: 'bursts', jobs, everySeconds: 100_000 });

describe('a worked number', () => {
  const policy = latch({ replicas: 10, startWhen: { readyAtLeast: 10 } });

  it('10 jobs of 10 s on 10 replicas', () => {
    const report = simulate({ policy, arrivals: once(10), timing, seconds: 60 });
    // Published at 0, seen at 5, replicas at work at 8, done at 18; drained at 20, confirmed at 25.
    expect(report).toMatchObject({
      published: 10,
      processed: 10,
      residue: 0,
      waitP50: 8,
      waitP99: 8,
      waitMax: 8,
      podSeconds: 10 * 20, // 10 replicas from 5 to 25
      idealPodSeconds: 10 * 10,
      podSecondsOverIdeal: 100,
      replicaChanges: 2,
      restarts: 0,
    });
    expect(report.series).toMatchObject({
      everySeconds: 5,
      second: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55],
      replicas: [0, 10, 10, 10, 10, 0, 0, 0, 0, 0, 0, 0],
      ready: [10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      unacked: [0, 10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0],
    });
  });

  it('a scrape delay of 15 s is a delay of 15 s', () => {
    const late = { ...timing, scrapeDelaySeconds: 15 };
    // Published at 0, in the scrape of 5, decided upon at 20, at work at 23.
    const report = simulate({ policy, arrivals: once(10), timing: late, seconds: 120 });
    expect(report.waitMax).toBe(23);
    expect(report.reasons.ReadingMissing).toBe(3); // at 0, 5 and 10 nothing is scraped yet
  });

  it('25 replicas with 100 jobs work in four rounds', () => {
    const report = simulate({ policy: corrected, arrivals: once(100), timing, seconds: 120 });
    // The first round starts at 8, the last at 38.
    expect(report).toMatchObject({ waitP50: 18, waitMax: 38, processed: 100 });
  });

  it('fixed replicas wait as queueing theory says', () => {
    // M/M/4 at 0.7 jobs/s x 5 s: Erlang C gives P(wait > t) = 0.738 exp(-0.1 t): p50 3.9 s, p99 43.0 s.
    const fixed = proportional({ perReplica: 1, minReplicas: 4, maxReplicas: 4 });
    const report = simulate({
      policy: fixed,
      arrivals: { kind: 'poisson', perSecond: 0.7 },
      timing: { ...timing, service: { distribution: 'exponential', meanSeconds: 5 } },
      seconds: 20 * 86_400,
    });
    expect(report.waitP50).toBeGreaterThan(3.5);
    expect(report.waitP50).toBeLessThan(4.5);
    expect(report.waitP99).toBeGreaterThan(39);
    expect(report.waitP99).toBeLessThan(47);
  });
});

describe('the source system beside its correction', () => {
  const compare = (simulation: Omit<Simulation, 'policy'>) => ({
    before: simulate({ ...simulation, policy: literal }),
    after: simulate({ ...simulation, policy: corrected }),
  });

  it('exactly 100 jobs: never started, and done', () => {
    const { before, after } = compare({ arrivals: once(100), timing, seconds: 3600 });
    expect(before).toMatchObject({
      processed: 0,
      residue: 100,
      residueOldestSeconds: 3600,
      replicaChanges: 0,
    });
    expect(after).toMatchObject({ processed: 100, residue: 0, replicaChanges: 2 });
  });

  it('a residue of 7: left forever, and served', () => {
    const { before, after } = compare({ arrivals: once(7), timing, seconds: 3600 });
    expect(before).toMatchObject({ processed: 0, residue: 7 });
    // Seen at 5, open at 65, at work at 68.
    expect(after).toMatchObject({ processed: 7, residue: 0, waitMax: 68 });
  });

  it('scale-in: kills in flight at every burst, and none in 144', () => {
    const service = { distribution: 'exponential', meanSeconds: 5 } as const;
    const arrivals = { kind: 'bursts', jobs: 130, everySeconds: 600 } as const;
    const { before, after } = compare({ arrivals, timing: { ...timing, service } });
    expect(before.restarts).toBeGreaterThan(144);
    expect(after.restarts).toBe(0);
    expect(after.residue).toBe(0);
    expect(after.replicaChanges).toBe(2 * 144);
  });
});

describe('what happens on the way', () => {
  const base = { policy: corrected, arrivals: once(200), timing, seconds: 600 } as const;

  it('a blackout in mid-drain delays the close and changes nothing else', () => {
    const blackouts = [{ fromSecond: 30, toSecond: 300 }];
    const report = simulate({ ...base, blackouts });
    expect(report).toMatchObject({ processed: 200, replicaChanges: 2, restarts: 0 });
    expect(report.reasons.ReadingMissing).toBe(54); // 270 s / 5 s
    expect(report.series.replicas[(299 / 5) | 0]).toBe(25);
    expect(report.waitMax).toBe(simulate(base).waitMax);
  });

  it('a scaler that loses its history in mid-drain goes on as if it had not', () => {
    const scalerRestarts = [20, 40, 60].map((atSecond) => ({ atSecond, keepsHistory: false }));
    expect(simulate({ ...base, scalerRestarts })).toEqual(simulate(base));
  });

  it('a grace long enough for the job in flight saves it, even from the literal rule', () => {
    const graceful = { ...timing, gracefulStopSeconds: 10 };
    const simulation = { ...base, policy: literal };
    expect(simulate(simulation).restarts).toBeGreaterThan(0);
    expect(simulate({ ...simulation, timing: graceful }).restarts).toBe(0);
    expect(simulate({ ...simulation, timing: { ...timing, killsAfterGrace: false } }).restarts).toBe(0);
  });

  it('a killed job is delivered again, first, and counts its wait to the start that completed it', () => {
    const policy = latch({
      replicas: 1,
      startWhen: { readyAbove: 0, oldestWaitSeconds: 1 },
      stopWhen: 'ready-empty',
    });
    const slow = {
      ...timing,
      podStartSeconds: 0,
      service: { distribution: 'constant', meanSeconds: 7 },
    } as const;
    const report = simulate({ policy, arrivals: once(1), timing: slow, seconds: 100 });
    // Open at 5, ready is empty at 10: killed at 5 of 7 s, seen again at 15, and so on forever.
    expect(report).toMatchObject({ processed: 0, residue: 1, restarts: 9 });
  });

  it('scale-in takes the newest replica, at work or not, as a ReplicaSet does', () => {
    const policy = proportional({
      perReplica: 1,
      maxReplicas: 2,
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    });
    const slow = { ...timing, service: { distribution: 'constant', meanSeconds: 100 } } as const;
    const arrivals = { kind: 'bursts', jobs: 1, everySeconds: 20 } as const;
    // The first job is done at 108; at 110 the replica that began the second at 28 is killed.
    expect(simulate({ policy, arrivals, timing: slow, seconds: 115, arrivalSeconds: 40 }).restarts).toBe(1);
  });

  it('restarts of the scaler are taken in their order', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 300 } };
    const policy = proportional({ perReplica: 10, maxReplicas: 25, behavior });
    const scalerRestarts = [
      { atSecond: 590, keepsHistory: true },
      { atSecond: 100, keepsHistory: false },
    ];
    const replicasAt350 = (simulation: Simulation) => simulate(simulation).series.replicas[350 / 5];
    // 20 were wanted at 5 only, so by 350 fewer stay; after a loss at 100, 20 stay until 400.
    expect(replicasAt350({ ...base, policy })).toBeLessThan(20);
    expect(replicasAt350({ ...base, policy, scalerRestarts })).toBe(20);
  });

  it('the age that the broker reports opens the latch at the first poll after T', () => {
    const told = simulate({ ...base, arrivals: once(7), brokerTellsAge: true });
    // 60 s old at 60, where the first sight was at 5.
    expect(told.waitMax).toBe(63);
  });

  it('a schedule sees the calendar that startAt names', () => {
    const policy = schedule({
      policy: corrected,
      timeZone: 'Europe/Berlin',
      windows: [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 }],
    });
    const startAt = Date.parse('2026-11-19T23:00:00Z'); // midnight in Berlin, a Friday
    const report = simulate({ policy, arrivals: once(0), timing, startAt, seconds: 3 * 86_400 });
    expect(report.replicaChanges).toBe(2);
    // 5 replicas for 10 hours; the queue was seen drained all along, so they leave at 18:00
    expect(report.podSeconds).toBe(5 * 10 * 3600);
  });

  it('a trace is replayed from its first entry, with an hour for the rest', () => {
    const trace = parseTrace('epoch-seconds,count\n1700000000,60\n1700000600,60\n1700000600,40\n');
    const report = simulate({ policy: corrected, arrivals: trace, timing });
    expect(report).toMatchObject({ published: 160, processed: 160, replicaChanges: 4 });
    expect(report.series.everySeconds * report.series.second.length).toBeGreaterThanOrEqual(4200);
  });
});

it('a day of 100,000 jobs at steps of 1 s takes less than a second', () => {
  const before = process.cpuUsage();
  const report = simulate({
    policy: corrected,
    arrivals: { kind: 'bursts', jobs: 700, everySeconds: 600 },
    timing,
  });
  const { user, system } = process.cpuUsage(before);
  expect(report.published).toBe(100_800);
  expect((user + system) / 1e6).toBeLessThan(1);
});

it('lists every fault of a simulation at once', () => {
  const wrong = {
    policy: { ...corrected, maxReplicas: 0 },
    arrivals: { kind: 'sine', meanPerSecond: -1, amplitude: 2, periodSeconds: 60 },
    timing: { ...timing, pollSeconds: 0, service: { distribution: 'normal', meanSeconds: 0 } },
    seconds: 1.5,
    sed: 1,
  } as unknown as Simulation;
  const run = () => simulate(wrong);
  expect(run).toThrow(SimulationError);
  for (const fault of [
    "'sed' is not known here",
    "'policy.maxReplicas' (0) must be an integer of at least 1",
    "'seconds' (1.5) must be an integer of at least 1",
    "'timing.pollSeconds' (0) must be a finite number of at least 1",
    '\'timing.service.distribution\' ("normal") must be one of constant, uniform, exponential',
    "'timing.service.meanSeconds' (0) must be a finite number above 0",
    "'arrivals.meanPerSecond' (-1) must be a finite number of at least 0",
    "'arrivals.amplitude' (2) must be a finite number of at least 0 of at most 1",
  ]) {
    expect(run).toThrow(fault);
  }
});

it.each([
  [[{ epochSeconds: 1, count: 20_000_001 }], 'of at most 20000000'],
  [
    [
      { epochSeconds: 1, count: 15_000_000 },
      { epochSeconds: 1, count: 15_000_000 },
    ],
    "'arrivals.entries' (30000000) must hold 20000000 jobs at most",
  ],
  [
    [
      { epochSeconds: 0, count: 1 },
      { epochSeconds: 250_000_000_000, count: 1 },
    ],
    "'seconds' (250000003600) must be an integer of at least 1 of at most 31622400",
  ],
])('refuses a trace that would fill the memory', (entries, fault) => {
  expect(() => simulate({ policy: corrected, timing, arrivals: { kind: 'trace', entries } })).toThrow(fault);
});

it('refuses more jobs than it can remember', () => {
  const arrivals = { kind: 'bursts', jobs: 20_000_000, everySeconds: 1 } as const;
  expect(() => simulate({ policy: corrected, timing, arrivals })).toThrow(
    "'jobs' (1728000000000) must be an integer of at most",
  );
});
