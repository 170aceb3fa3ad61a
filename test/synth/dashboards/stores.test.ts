import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bank, render, withTransactions } from '../../../apps/testing/desired-state.ts';
import { filledIn } from '../../../charts/dashboards/dashboard.ts';
import { unknownIn } from '../alerts/metrics/known.ts';
import { queriesIn } from './dashboards.ts';
import { dashboardSchema } from './schema.ts';

const { transactions: _, ...redisAlone } = { ...bank, name: 'only-redis' };
const files = render([bank, redisAlone], withTransactions);
const jsonIn = (environment: string): unknown => {
  const { data } = parse(
    files.get(`${environment}/monitoring/configmap-dashboard-stores.monitoring.yaml`) ?? '',
  );
  return JSON.parse(data['stores.json']);
};
const rowsOf = (json: unknown): unknown[] =>
  dashboardSchema
    .parse(json)
    .panels.filter(({ type }) => type === 'row')
    .map(({ title }) => title);

describe('the dashboard of stores', () => {
  it('has the form that Grafana reads, and a row for each store of the environment', () => {
    expect(dashboardSchema.safeParse(jsonIn('bank')).error?.issues ?? []).toEqual([]);
    expect(rowsOf(jsonIn('bank'))).toEqual(['Redis', 'MongoDB', 'Index of transactions', 'Pods']);
    expect(rowsOf(jsonIn('only-redis'))).toEqual(['Redis', 'Pods']);
  });

  const queries = queriesIn(jsonIn('bank'), 'stores');

  it('asks what the exporters of all three stores report', () => {
    const text = queries.map(({ expr }) => expr).join('\n');
    for (const prefix of ['redis_', 'mongodb_', 'elasticsearch_', 'container_'])
      expect(text).toContain(prefix);
  });

  it.each(queries)('$name: $expr asks for metrics and labels that exist', ({ expr }) => {
    expect(unknownIn(filledIn(expr))).toEqual([]);
  });
});
