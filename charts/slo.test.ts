import { drain, latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { requestSlos, waitSecondsOf, waitSlo } from './objectives.ts';
import { burnRates, type Slo } from './slo.ts';

const slo: Slo = {
  name: 'availability',
  objective: 0.999,
  promise: 'of the requests are answered',
  description: 'Look at the pods.',
  errorRatio: (window) => `sum(rate(bad_total[${window}])) / sum(rate(all_total[${window}]))`,
};
const owner = { namespace: 'shop', workload: 'web' };

describe('an objective', () => {
  it('has its share of bad events recorded over every window of its alerts', () => {
    const { records, alerts } = burnRates(slo, owner);
    const recorded = records.map(({ record }) => record);
    expect(recorded).toHaveLength(new Set(recorded).size);
    const read = alerts.flatMap(({ expr }) => expr.match(/workload:\w+:\w+/g) ?? []);
    expect([...new Set(read)].sort()).toEqual([...recorded].sort());
    expect(records[0]).toEqual({
      record: 'workload:slo_errors:ratio_rate5m',
      expr: 'sum(rate(bad_total[5m])) / sum(rate(all_total[5m]))',
      labels: { ...owner, slo: 'availability' },
    });
  });

  it('is watched fast and slowly, each over two pairs of windows', () => {
    const [fast, slowly] = burnRates(slo, owner).alerts;
    expect(fast).toMatchObject({ name: 'AvailabilityBudgetBurnsFast', severity: 'critical' });
    expect(slowly).toMatchObject({ name: 'AvailabilityBudgetBurnsSlowly', severity: 'warning' });
    // 1 - 0.999 is 0.0010000000000000009 in binary.
    expect(fast?.expr).toContain('/ 0.001 > 14.4 and');
    expect(slowly?.expr).toContain('/ 0.001 > 3 and');
    expect(fast?.description).toMatch(
      /^The objective is that 99\.9 % of the requests are answered, over 30 days\./,
    );
  });

  it('is refused where it allows nothing, everything or is no PromQL, with every fault', () => {
    expect(() => burnRates({ ...slo, objective: 1 }, owner)).toThrow(/'objective' \(1\) must be above 0/);
    const broken = { ...slo, name: 'Two words', errorRatio: () => 'sum(' };
    expect(() => burnRates(broken, owner)).toThrow(/'name' \(Two words\)[\s\S]*'errorRatio' \(sum\(\)/);
  });
});

describe('the wait that a queue promises', () => {
  const residue = latch({ replicas: 5, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 200 } });

  it('is that of a drain policy', () => {
    expect(waitSecondsOf(drain({ sloSeconds: 120, meanServiceSeconds: 1, maxReplicas: 5 }))).toBe(120);
  });

  it('is twice what a latch lets a residue wait, and five minutes at least', () => {
    expect(waitSecondsOf(residue)).toBe(400);
    expect(waitSecondsOf(latch({ replicas: 5, startWhen: { readyAtLeast: 100 } }))).toBe(300);
  });

  it('is refused where the policy starts nothing before it is over', () => {
    expect(() => waitSecondsOf(residue, { waitSeconds: 200 })).toThrow(
      "'waitSeconds' (200) must be above 'oldestWaitSeconds' (200) of its policy",
    );
  });

  it('is the share of time in which the leader knows of an older message', () => {
    const { recorded, errorRatio } = waitSlo('shop', 'orders', residue);
    expect(recorded?.expr).toContain('> bool 400');
    expect(errorRatio('1h')).toBe(
      'avg_over_time(workload:oldest_wait_late:bool{namespace="shop",workload="orders"}[1h])',
    );
  });
});

describe('the latency of requests', () => {
  it.each([
    [0.25, 'le="0.25"'],
    [1, 'le=~"1([.]0)?"'],
  ])('within %s s is read from the bucket %s', (seconds, bucket) => {
    const [, latency] = requestSlos(
      { namespace: 'api', name: 'api' },
      { availability: 0.999, latency: { objective: 0.99, seconds } },
    );
    expect(latency?.errorRatio('5m')).toContain(bucket);
  });
});
