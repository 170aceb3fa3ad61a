import { describe, expect, it } from 'vitest';
import { metricNames, parsePromql, promqlFaults } from './promql.ts';

describe('the metrics of an expression', () => {
  it.each([
    ['up', ['up']],
    ['absent(up{job="broker"} == 1)', ['up']],
    ['max by (queue) (jobs_waiting{queue="jobs"}) > 0', ['jobs_waiting']],
    ['sum by (a, b) (increase(failures_total[5m])) > 3', ['failures_total']],
    ['sum(rate(x_sum[5m])) without (pod) / sum(rate(x_count[5m]))', ['x_sum', 'x_count']],
    ['max (age_seconds and on (pod) (leader == 1)) > 60', ['age_seconds', 'leader']],
    ['time() - last_success > 60 * 3', ['last_success']],
    ['a unless b or c offset 5m', ['a', 'b', 'c']],
    ['a * on (pod) group_left (node) b', ['a', 'b']],
    ['histogram_quantile(0.99, sum by (le) (rate(wait_bucket[5m:30s])))', ['wait_bucket']],
    ['job:wait_seconds:p99 > 1e3', ['job:wait_seconds:p99']],
    ['count_values("version", build_info{a=~"x|y"})', ['build_info']],
    ['{__name__="named", job="x"}', ['named']],
    ['label_replace(a, "to", "$1", "from", "(.*)")', ['a']],
    ['a > +Inf or a < NaN', ['a']],
    ['vector(1)', []],
  ])('%s', (expression, names) => {
    expect(metricNames(expression)).toEqual(names);
  });
});

describe('the labels of an expression', () => {
  it('are those that select, beside their metric', () => {
    const { selectors } = parsePromql('a{x="1", y=~"b|c"} / {__name__="d", z!=""} + e');
    expect(selectors).toEqual([
      { metric: 'a', labels: ['x', 'y'] },
      { metric: 'd', labels: ['z'] },
      { metric: 'e', labels: [] },
    ]);
  });

  it('are those that group and match, each once', () => {
    const { grouping } = parsePromql('sum by (a, b) (x) * on (a) group_left (c) sum without (d) (y)');
    expect(grouping).toEqual(['a', 'b', 'c', 'd']);
  });

  it('name no metric where matchers other than equality select it', () => {
    expect(parsePromql('{__name__=~"a|b", job="x"}').selectors).toEqual([{ labels: ['job'] }]);
  });
});

describe('an expression that is none', () => {
  it.each(['a >', 'sum(a', 'a{b=1}', 'rate(a[5])x', 'a b', '', ' '])('%j has faults', (expression) => {
    expect(parsePromql(expression).faults).not.toEqual([]);
  });

  it('has each fault at its place, with the text about it', () => {
    expect(parsePromql('sum by (workload) (a >> 3)').faults).toEqual(["at 22: 'm by (workload) (a >> 3)'"]);
  });
});

describe('what is wrong with an expression', () => {
  it('is returned for each, also where another of the same shape was seen', () => {
    expect(promqlFaults('sum(up{job="a"})')).toEqual([]);
    expect(promqlFaults('sum(up{job="b \\" c"})')).toEqual([]);
    for (const job of ['a', 'b']) {
      const broken = `sum(up{job="${job}"}`;
      expect(promqlFaults(broken)).toEqual(parsePromql(broken).faults);
      expect(promqlFaults(broken)).not.toEqual([]);
    }
  });
});
