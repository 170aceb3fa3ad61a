import { type DesiredObject, type Fields, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { parseAll } from './documents.ts';
import { metricNames } from './metrics.ts';
import type { ObjectIndex } from './object-index.ts';

/** A metric that prometheus-adapter makes of a series for HPAs. */
export interface AdapterMetric {
  readonly name: string;
  readonly series: string;
  /** What holds the rule. */
  readonly holder: DesiredObject;
}

/** What the rules of prometheus-adapter make: those in its file, and those in the values of its chart. */
export function adapterMetrics(world: ObjectIndex): readonly AdapterMetric[] {
  const found = known.get(world) ?? metricsIn(world);
  known.set(world, found);
  return found;
}

const known = new WeakMap<ObjectIndex, readonly AdapterMetric[]>();

function metricsIn(world: ObjectIndex): AdapterMetric[] {
  const files = world
    .ofKind('ConfigMap')
    .filter(mayHoldRules)
    .flatMap((holder) =>
      parseAll(holder).flatMap((file) => metricsOf(file, ['externalRules', 'rules'], holder)),
    );
  const chart = world.chart('prometheus-adapter');
  if (chart === undefined) return files;
  const values = valueAt(chart.fields, ['spec', 'source', 'helm', 'valuesObject', 'rules']);
  return [...files, ...metricsOf(values, ['external', 'custom'], chart)];
}

/** Dashboards are ConfigMaps too, and take long to parse. */
const mayHoldRules = ({ fields }: DesiredObject): boolean =>
  isFields(fields.data) &&
  Object.values(fields.data).some((text) => /(?:externalRules|rules)["']?\s*:/.test(String(text)));

const metricsOf = (file: unknown, lists: readonly string[], holder: DesiredObject): AdapterMetric[] =>
  lists
    .flatMap((list) => listAt(file, [list]))
    .filter(isFields)
    .flatMap((rule) =>
      metricNames(String(rule.seriesQuery)).map((series) => ({ name: nameOf(series, rule), series, holder })),
    );

/**
 * `matches` picks parts of the series' name and `as` puts them together, in Go's words: `${1}`. Without `as` it is
 * the first part, without `matches` the name as it is.
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md#naming
 */
function nameOf(series: string, rule: Fields): string {
  const [matches, as] = ['matches', 'as'].map((field) => valueAt(rule, ['name', field]));
  const parts = new RegExp(typeof matches === 'string' ? matches : '.*').exec(series);
  if (parts === null) return series;
  if (typeof as !== 'string' || as === '') return parts[1] ?? series;
  return as.replace(/\$\{?(\d+)\}?/g, (_, index) => parts[Number(index)] ?? '');
}
