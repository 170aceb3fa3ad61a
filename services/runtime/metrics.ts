import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type {
  CounterMetric,
  GaugeMetric,
  HistogramMetric,
  LabelOf,
  Metric,
} from '../../packages/contracts/metrics/metric.ts';

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
