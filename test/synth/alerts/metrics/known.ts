import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { producersOf } from '../../../../packages/contracts/metrics/catalogue.ts';
import { TARGET_LABELS } from '../../../../packages/contracts/metrics/metric.ts';
import { parsePromql } from '../../../../packages/contracts/promql.ts';
import { samplesIn } from '../../../support/metrics-text.ts';
import { ruleFiles } from '../rules.ts';
import { shippedRules } from '../shipped.ts';

/** Labels that every scraped series has, and the path of the page where a target has two. */
const SCRAPED: readonly string[] = [...TARGET_LABELS, 'metrics_path'];

/** A histogram's buckets. */
const BUCKET = 'le';

const UPSTREAM = join(import.meta.dirname, 'upstream');
const LAVINMQ = join(import.meta.dirname, '../../../../services/scaler/fixtures/lavinmq-2.9.1');

/** Metric -> labels, of the lists of exporters (`name label,label`; a comment says version and source). */
const upstream = new Map(
  readdirSync(UPSTREAM).flatMap((file) =>
    readFileSync(join(UPSTREAM, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line): [string, string[]] => {
        const [name = '', labels = ''] = line.split(' ');
        return [name, labels.split(',')];
      }),
  ),
);

/** Metric -> labels, as a real LavinMQ answered. */
const recorded = new Map(
  ['metrics.txt', 'metrics-detailed.txt'].flatMap((file) =>
    samplesIn(readFileSync(join(LAVINMQ, file), 'utf8'))
      .filter(({ name }) => name.startsWith('lavinmq_'))
      .map(({ name, labels }): [string, string[]] => [name, Object.keys(labels)]),
  ),
);

/**
 * Metric -> labels, of recording rules: those that they set, and those that their expression groups by. A dashboard
 * asks for what is shipped, also where no workload of dist/ has it.
 */
const recordings = new Map(
  [...shippedRules, ...ruleFiles].flatMap(({ groups }) =>
    groups.flatMap(({ rules = [] }) =>
      rules.flatMap(({ record, labels = {}, expr }): [string, string[]][] =>
        record === undefined
          ? []
          : [[record, [...Object.keys(labels), ...parsePromql(String(expr)).grouping]]],
      ),
    ),
  ),
);

/** The labels of a metric; undefined for one that no known exporter exposes. */
export function labelsOf(metric: string): readonly string[] | undefined {
  const recording = recordings.get(metric);
  if (recording !== undefined) return recording;
  const own = [
    ...producersOf(metric).map((producer) => [
      ...Object.keys(producer.metric.labels),
      ...(metric.endsWith('_bucket') ? [BUCKET] : []),
    ]),
    upstream.get(metric),
    recorded.get(metric),
    ...(metric === 'up' ? [[]] : []),
  ].filter((labels) => labels !== undefined);
  if (own.length === 0) return undefined;
  const labels = own.flat();
  // What a page says itself of a label that the scrape sets is kept under another name.
  return [...labels, ...SCRAPED, ...labels.map((label) => `exported_${label}`)];
}

/** What an expression asks that no series has: its metrics, and the labels of each. */
export function unknownIn(expr: string): string[] {
  const { selectors, grouping, faults } = parsePromql(expr);
  const made = [...expr.matchAll(/label_replace\([^"]*"(\w+)"|, "(\w+)", "[^"]*", "\w*", "/g)].map(
    ([, first, nested]) => first ?? nested,
  );
  const known = selectors.flatMap(({ metric }) => (metric === undefined ? [] : (labelsOf(metric) ?? [])));
  return [
    ...faults,
    ...selectors.flatMap(({ metric = '{...}', labels }) => {
      const of = labelsOf(metric);
      if (of === undefined) return [`no one exposes ${metric}`];
      return labels.filter((label) => !of.includes(label)).map((label) => `${metric} has no label ${label}`);
    }),
    ...grouping
      .filter((label) => !known.includes(label) && !made.includes(label))
      .map((label) => `no metric of it has the label ${label}`),
  ];
}
