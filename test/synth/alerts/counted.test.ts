import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { countedIn } from '../../../packages/contracts/metrics/metric.ts';
import { metricNames } from '../../../packages/contracts/promql.ts';
import { dashboardQueries } from '../dashboards/dashboards.ts';
import { faultsByFile, promtool } from './promtool.ts';
import { expressions } from './rules.ts';
import { written } from './written.ts';

/** What 10 minutes until minute 30 have, a sample a minute from minute 0: `_` is none, `stale` an end. */
const COURSES = [
  { what: 'a counter that begins with its first event', values: '_x25 7x5', counted: 7 },
  { what: 'one that begins with some and counts on', values: '_x25 7 8 9 9 9', counted: 9 },
  { what: 'one that has counted before, and nothing since', values: '_x5 7x25', counted: 0 },
  { what: 'one that counts on', values: '0+1x30', counted: 10 },
  {
    what: 'one of a target that could not be scraped for a while',
    values: '7x14 stale _x4 7x10',
    counted: 0,
  },
  { what: 'one of a process that begins anew', values: '0+1x25 0 1 2 3 4', counted: 9 },
  { what: 'one that begins and ends within them', values: '_x22 3x2 stale', counted: 3 },
];

const testOf = ({ values, counted }: (typeof COURSES)[number]) => ({
  interval: '1m',
  input_series: [{ series: 'lost_total{pod="a"}', values }],
  promql_expr_test: [
    {
      expr: `round(sum(${countedIn('lost_total', '10m')}))`,
      eval_time: '30m',
      exp_samples: [{ labels: '{}', value: counted }],
    },
  ],
});

/**
 * Counters whose series are there before their first event, so that `increase` misses none of them: what their
 * process registers at 0, or what lives elsewhere and is exposed with the object that it is of.
 */
const FROM_ZERO =
  /^(kube_|container_|elasticsearch_|redis_|log_gate_|jobs_|vl_rows_dropped_total$|sluice_board_)/;

describe('what is counted in a window', () => {
  const tested = COURSES.map((course, index) => ({
    ...course,
    path: written(`counted-${index}`, stringify({ tests: [testOf(course)] })),
  }));
  let faults: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    faults = faultsByFile((await promtool('test', 'rules', ...tested.map(({ path }) => path))).text);
  });

  it.each(tested)('of $what is $counted', ({ path }) => {
    expect(faults.get(path)).toBe('');
  });

  it.each([...expressions, ...dashboardQueries].filter(({ expr }) => expr.includes('increase(')))(
    '$path: $name misses no first event',
    ({ expr }) => {
      const alone = [...expr.matchAll(/(\bor )?increase\(([^[]*)\[/g)].filter(([, or]) => or === undefined);
      const metrics = alone.flatMap(([, , selected = '']) => metricNames(selected));
      expect(metrics.filter((metric) => !FROM_ZERO.test(metric))).toEqual([]);
    },
  );
});
