import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { describe, expect, it } from 'vitest';
import { environments } from '../../../environments/index.ts';
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

const { line, event, index } = logRecords.loki;
/** Behind a stream's selector, what a record has beside its labels. */
const fields: readonly string[] = [...Object.values(line), ...Object.values(event)];

function unknownIn(matcher: SyntaxNode, expr: string): string[] {
  const label = matcher.getChild('Identifier');
  const name = label ? expr.slice(label.from, label.to) : '';
  const isFilter = matcher.matchContext(['LabelFilter']);
  const isKnown = (isFilter ? fields : index).includes(name);
  return isKnown ? [] : [`no ${isFilter ? 'record' : 'stream'} has ${name}`];
}

/** What an expression asks that Loki would not know: its faults, labels that no stream and fields that no record has. */
function faultsIn(expr: string): string[] {
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) faults.push(`at ${from}: '${expr.slice(Math.max(0, from - 10), to + 10)}'`);
      if (type.name === 'Matcher') faults.push(...unknownIn(node, expr));
    },
  });
  return faults;
}

describe('every query of logs', () => {
  it('is found where an environment has Loki', () => {
    const hasLoki = environments.some(({ logs }) => logs.stores.includes('loki'));
    expect(queries.length > 0).toBe(hasLoki);
  });

  it.each(queries)('$path: $title is LogQL of labels that streams have', ({ expr }) => {
    expect(faultsIn(expr)).toEqual([]);
  });

  it.each([
    ['{k8s_namespace_name="a"', expect.stringContaining('at ')],
    ['{namespace="a"} |= "error"', 'no stream has namespace'],
    ['{k8s_namespace_name="a"} | severity="error"', 'no record has severity'],
    ['{level="error"}', 'no stream has level'],
  ])('%s is none: %s', (expr, fault) => {
    expect(faultsIn(expr)).toContainEqual(fault);
  });
});
