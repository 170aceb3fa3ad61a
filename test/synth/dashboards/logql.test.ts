import { parser } from '@grafana/lezer-logql';
import { describe, expect, it } from 'vitest';
import { logRecords } from '../../../packages/contracts/log-store.ts';
import { dashboardFiles } from './dashboards.ts';
import { dashboardSchema } from './schema.ts';

const queries = dashboardFiles.flatMap(({ path, json }) =>
  dashboardSchema
    .parse(json)
    .panels.flatMap((panel) =>
      panel.type === 'logs' && panel.datasource.type === 'loki'
        ? panel.targets.map(({ expr }) => ({ path, title: panel.title, expr }))
        : [],
    ),
);

/** What an expression asks that Loki would not know: its faults, and labels that no stream has. */
function faultsIn(expr: string): string[] {
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) faults.push(`at ${from}: '${expr.slice(Math.max(0, from - 10), to + 10)}'`);
      const label = type.name === 'Matcher' ? node.getChild('Identifier') : null;
      const name = label ? expr.slice(label.from, label.to) : undefined;
      if (name !== undefined && !logRecords.loki.index.includes(name)) faults.push(`no stream has ${name}`);
    },
  });
  return faults;
}

describe('every query of logs', () => {
  it('is found', () => {
    expect(queries.length).toBeGreaterThan(0);
  });

  it.each(queries)('$path: $title is LogQL of labels that streams have', ({ expr }) => {
    expect(faultsIn(expr)).toEqual([]);
  });

  it.each([
    ['{k8s_namespace_name="a"', expect.stringContaining('at ')],
    ['{namespace="a"} |= "error"', 'no stream has namespace'],
  ])('%s is none: %s', (expr, fault) => {
    expect(faultsIn(expr)).toContainEqual(fault);
  });
});
