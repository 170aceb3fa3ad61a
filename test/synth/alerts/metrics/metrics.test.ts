import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../../../packages/contracts/promql.ts';
import { QUERIES } from '../../../../services/board/sources/prometheus.ts';
import { dashboardQueries } from '../../dashboards/dashboards.ts';
import { ofKind, rendered } from '../../dist.ts';
import { expressions } from '../rules.ts';
import { unknownIn } from './known.ts';

/** Queries that judge a release; what Argo Rollouts fills in is a value like any other. */
const analyses = rendered.flatMap(({ path, object }) => {
  const { kind, spec } = object as object as {
    kind: string;
    spec?: { metrics?: { name: string; provider: { prometheus: { query: string } } }[] };
  };
  if (kind !== 'AnalysisTemplate') return [];
  return (spec?.metrics ?? []).map(({ name, provider }) => ({ path, name, expr: provider.prometheus.query }));
});

interface AdapterRule {
  readonly seriesQuery: string;
  readonly metricsQuery: string;
}

/** Rules of prometheus-adapter, with the series that they are for in the template. */
const adapterRules = rendered.flatMap(({ path, object }) => {
  const { kind, metadata, spec } = object as object as {
    kind: string;
    metadata: { name: string };
    spec: { source: { helm: { valuesObject: { rules: { external: AdapterRule[] } } } } };
  };
  if (kind !== 'Application' || metadata.name !== 'prometheus-adapter') return [];
  return spec.source.helm.valuesObject.rules.external.map(({ seriesQuery, metricsQuery }) => {
    const [name = ''] = metricNames(seriesQuery);
    const selected = metricsQuery.replace('<<.LabelMatchers>>', 'namespace="a",service="b"');
    return { path, name, expr: selected.replace('<<.Series>>', name) };
  });
});

/** What the board asks over time. */
const boardQueries = Object.entries(QUERIES).flatMap(([chart, queries]) =>
  Object.entries(queries).map(([name, expr]) => ({
    ...{ path: 'services/board/sources/prometheus.ts', name: `${chart}.${name}` },
    expr,
  })),
);

describe('every expression of PromQL', () => {
  it('of rules, analyses, adapter rules, dashboards and the board is found', () => {
    expect(expressions.length).toBeGreaterThan(50);
    const external = ofKind('HorizontalPodAutoscaler').filter(({ object }) =>
      JSON.stringify(object).includes('"External"'),
    );
    expect(analyses.length > 0).toBe(ofKind('Rollout').length > 0);
    expect(adapterRules.length > 0).toBe(external.length > 0);
    expect(dashboardQueries.length).toBeGreaterThan(50);
    expect(boardQueries.length).toBeGreaterThan(10);
  });

  it.each([...expressions, ...analyses, ...adapterRules, ...dashboardQueries, ...boardQueries])(
    '$path: $name asks for metrics and labels that exist',
    ({ expr }) => {
      expect(unknownIn(expr)).toEqual([]);
    },
  );

  it.each([
    ['sum(jobs_procesed_total)', 'no one exposes jobs_procesed_total'],
    ['jobs_processed_total{result="parked"}', 'jobs_processed_total has no label result'],
    ['sum by (queue) (jobs_processed_total)', 'no metric of it has the label queue'],
    ['kube_job_failed{job="a",job_nam="b"}', 'kube_job_failed has no label job_nam'],
    ['node_load1 >', expect.stringContaining('at ')],
  ])('%s is none: %s', (expr, fault) => {
    expect(unknownIn(expr)).toEqual([fault]);
  });
});

describe('every list of an exporter', () => {
  const folder = join(import.meta.dirname, 'upstream');
  it.each(readdirSync(folder))('%s says its version and its source', (file) => {
    const [version = '', source = ''] = readFileSync(join(folder, file), 'utf8').split('\n');
    expect(version).toMatch(/^# \D+\d+\.\d+\.\d+/);
    expect(source).toMatch(/^# https:\/\/github\.com\//);
  });
});
