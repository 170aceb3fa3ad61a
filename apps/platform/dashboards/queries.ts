import type { CounterMetric, HistogramMetric, Matchers } from '../../../packages/contracts/metrics/metric.ts';
import { bucketSeries, series } from '../../../packages/contracts/metrics/metric.ts';

/** The window of a rate: four scrapes at least, and as wide as a pixel. */
const WINDOW = '[$__rate_interval]';

/** `sum(rate(...))` of a counter; by labels where they are given. */
export const rateOf = <const M extends CounterMetric>(metric: M, matchers: Matchers<M>, by = ''): string =>
  `sum${by === '' ? '' : ` by (${by}) `}(rate(${series(metric, matchers)}${WINDOW}))`;

/** The value below which a share of what a histogram observed lies. */
export const quantileOf = <const M extends HistogramMetric>(
  share: number,
  metric: M,
  matchers: Matchers<M>,
): string => `histogram_quantile(${share}, sum by (le) (rate(${bucketSeries(metric, matchers)}${WINDOW})))`;
