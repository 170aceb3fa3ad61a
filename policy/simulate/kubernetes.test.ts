import { describe, expect, it } from 'vitest';
import {
  type Arrivals,
  type Backend,
  drain,
  flow,
  latch,
  proportional,
  type Simulation,
  simulate,
  type Timing,
} from '../index.ts';

const timing: Timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 0,
  service: { distribution: 'constant', meanSeconds: 1000 },
  gracefulStopSeconds: 0,
  killsAfterGrace: false,
};
const falling = (seconds: number) => ({ scaleDown: { stabilizationWindowSeconds: seconds } });
const policy = proportional({ perReplica: 10, maxReplicas: 25, behavior: falling(60) });
const burst = (jobs: number): Arrivals => ({
  kind: 'bursts',
  jobs,
  everySeconds: 86_400,
  firstAtSeconds: 10,
});

const run = (backend: Backend, given: Partial<Simulation> = {}) =>
  simulate({ policy, backend, arrivals: burst(100), timing, seconds: 300, ...given });

/** Second of the first count of so many. */
const since = (replicas: number, { series }: ReturnType<typeof run>): number =>
  series.second[series.replicas.indexOf(replicas)] ?? Number.NaN;

const everySecond = { timing: { ...timing, pollSeconds: 1 } };

describe('an HPA', () => {
  it('counts every 15 s, and never below 1', () => {
    const report = run('hpa', everySecond);
    expect(report.series.replicas[0]).toBe(1);
    // Its syncs are at 7 and 22 s; the jobs come at 10 s.
    expect(since(10, report)).toBe(22);
  });

  it('keeps a count within its tolerance, which is an option', () => {
    // 100 jobs: 10 replicas; 109 jobs: 10.9, so 11, but 9 % above 10.
    const more: Arrivals = {
      kind: 'trace',
      entries: [
        { epochSeconds: 0, count: 100 },
        { epochSeconds: 60, count: 9 },
      ],
    };
    const with_ = (tolerance: number) => run('hpa', { arrivals: more, kubernetes: { tolerance } });
    expect(with_(0.1).series.replicas.at(-1)).toBe(10);
    expect(with_(0).series.replicas.at(-1)).toBe(11);
  });

  it('falls to the highest recommendation of its window', () => {
    const quick = {
      ...timing,
      pollSeconds: 1,
      service: { distribution: 'constant', meanSeconds: 1 },
    } as const;
    const { series } = run('hpa', { timing: quick });
    // Its only sync with jobs may be at 22 s: 100 jobs are done within seconds.
    const last = series.replicas.lastIndexOf(Math.max(...series.replicas));
    expect(last).toBeGreaterThanOrEqual(22 + 60 - 15);
    expect(series.replicas.at(-1)).toBe(1);
  });

  it('without its metric keeps the count', () => {
    const { series, reasons } = run('hpa', { blackouts: [{ fromSecond: 0, toSecond: 300 }] });
    expect(new Set(series.replicas)).toEqual(new Set([1]));
    expect(reasons).toEqual({ ReadingMissing: 20 });
  });
});

describe('KEDA', () => {
  it('starts the first replica at its own poll, and the HPA the others at its sync', () => {
    const report = run('keda');
    expect(since(1, report)).toBe(15);
    expect(since(10, report)).toBe(20);
  });

  it('goes to 0 when no message was seen for the cooldown period', () => {
    const quick = {
      ...timing,
      pollSeconds: 5,
      service: { distribution: 'constant', meanSeconds: 1 },
    } as const;
    const { series } = run('keda', { timing: quick, kubernetes: { cooldownSeconds: 100 } });
    const zero = series.replicas.findIndex((count, row) => row > 10 && count === 0);
    expect(series.second[zero]).toBeGreaterThan(110);
    expect(series.second[zero]).toBeLessThan(200);
  });

  it('reacts later than the scaler, by its sync', () => {
    const served = { ...timing, service: { distribution: 'constant', meanSeconds: 5 } } as const;
    const slo = drain({ sloSeconds: 60, meanServiceSeconds: 5, podStartSeconds: 0, maxReplicas: 25 });
    const [own, keda] = (['scaler', 'keda'] as const).map((backend) =>
      run(backend, { policy: slo, timing: served, seconds: 3600 }),
    );
    expect(keda?.waitP50).toBeGreaterThan(own?.waitP50 ?? Number.NaN);
  });
});

it('a back-end that cannot count a policy is refused', () => {
  for (const other of [
    latch({ replicas: 5, startWhen: { readyAtLeast: 5 } }),
    flow({ targetWaitSeconds: 60, maxReplicas: 5 }),
    drain({ sloSeconds: 60, maxReplicas: 5 }),
  ])
    expect(() => run('keda', { policy: other })).toThrow(
      `'backend' ("keda") must be scaler for a policy '${other.kind}'`,
    );
  expect(() => run('nomad' as Backend)).toThrow('\'backend\' ("nomad") must be one of scaler, hpa, keda');
});
