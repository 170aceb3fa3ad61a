import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type {
  CounterMetric,
  GaugeMetric,
  HistogramMetric,
  LabelOf,
  Metric,
} from '../../packages/contracts/metrics/metric.ts';

// Prometheus' metrics on both sides: the text format of others is read, and the own ones of a catalogue are registered.

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** No number that means something is written longer. */
const LONGEST = 400;

/**
 * The number that a text holds in decimal notation, and nothing else: the language's own conversion takes "" and
 * " " for 0 and "0x1F" for 31.
 * @returns undefined for any other text, and for what is too large for a number
 */
export function decimalOf(text: string): number | undefined {
  if (text.length > LONGEST || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** One sample of an exposition. */
export interface TextSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t\r]*$/s;
const LABEL = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/gsy;
const NAME = /^[a-zA-Z_:][\w:]*/;

/**
 * The samples of the Prometheus text format whose name is wanted; others cost one look at their name.
 * @throws Error for a wanted line that cannot be read
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function* textSamples(text: string, wanted: ReadonlySet<string>): Generator<TextSample> {
  for (const line of text.split('\n')) {
    const name = NAME.exec(line)?.[0];
    if (name !== undefined && wanted.has(name)) yield sample(line);
  }
}

function sample(line: string): TextSample {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line.slice(0, 200)}`);
  return { name, labels: parseLabels(labels, line), value: parseValue(value, line) };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    const [whole, key = '', value = ''] = match;
    labels[key] = unescaped(value);
    end += whole.length;
  }
  if (end !== text.length) throw new Error(`not labels: ${line.slice(0, 200)}`);
  return labels;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

const unescaped = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, escaped: string) => ESCAPES[escaped] ?? whole);

function parseValue(text: string, line: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const value = decimalOf(text);
  if (value === undefined) throw new Error(`not a value: ${line.slice(0, 200)}`);
  return value;
}

export type { Registry } from 'prom-client';

/**
 * A registry with the process metrics of Node in it (process_*, nodejs_*). Every series names its component;
 * not as `service`, which a ServiceMonitor already gives to what it scrapes.
 */
export function createRegistry(component: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ component });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * Registers a counter of a catalogue.
 * @param read What it has counted so far, asked at each scrape: for a count that is kept elsewhere
 */
export const counter = <M extends CounterMetric>(
  registry: Registry,
  metric: M,
  read?: () => number,
): Counter<LabelOf<M>> =>
  new Counter({
    ...definition(registry, metric),
    ...(read !== undefined && {
      collect(this: Counter<LabelOf<M>>) {
        this.reset();
        this.inc(read());
      },
    }),
  });

/** Registers a gauge of a catalogue. @param collect Sets its values at each scrape */
export const gauge = <M extends GaugeMetric>(
  registry: Registry,
  metric: M,
  collect?: (gauge: Gauge<LabelOf<M>>) => void,
): Gauge<LabelOf<M>> =>
  new Gauge({
    ...definition(registry, metric),
    ...(collect !== undefined && {
      collect(this: Gauge<LabelOf<M>>) {
        collect(this);
      },
    }),
  });

/** Registers a histogram of a catalogue, with its buckets. */
export const histogram = <M extends HistogramMetric>(registry: Registry, metric: M): Histogram<LabelOf<M>> =>
  new Histogram({ ...definition(registry, metric), buckets: [...metric.buckets] });

/**
 * Registers a counter with one label and all its series at 0, so that a rate has a beginning. Each is looked up
 * once: a look-up by labels would cost as much as the rest of a message.
 */
export function counterByValue<Label extends string, const Value extends string>(
  registry: Registry,
  metric: CounterMetric & { readonly labels: Readonly<Record<Label, readonly Value[]>> },
  label: Label,
): Readonly<Record<Value, Counter.Internal>> {
  const registered = new Counter({ ...definition(registry, metric) });
  const children = metric.labels[label].map((value): [Value, Counter.Internal] => [
    value,
    registered.labels(value),
  ]);
  for (const [, child] of children) child.inc(0);
  return Object.fromEntries(children) as Record<Value, Counter.Internal>;
}

const definition = <M extends Metric>(registry: Registry, { name, help, labels }: M) => ({
  name,
  help,
  labelNames: Object.keys(labels) as LabelOf<M>[],
  registers: [registry],
});
