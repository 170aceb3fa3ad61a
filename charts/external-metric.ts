import { type AdapterRule, type ExternalMetric, externalMetric, externalRule } from '@sluice/policy';
import { Checks } from '../packages/contracts/checks.ts';

/** The rate of a counter, as prometheus-adapter serves it to an HPA. */
export interface CounterRateProps {
  /** The counter, for example 'http_requests_total'. */
  readonly series: string;
  /** The Service by which Prometheus finds the pods that count. */
  readonly service: string;
  /** What one replica is meant to take, in counts per second. */
  readonly perReplica: number;
  /** Seconds that the rate is taken over. */
  readonly windowSeconds: number;
  /** Seconds between two scrapes of the pods. */
  readonly scrapeSeconds: number;
}

/** Both ends of one metric. */
export interface CounterRate {
  /** What HPAs call it, for example 'http_requests_per_second'. */
  readonly name: string;
  /** Makes the metric known. The same for all counters of that name, whichever Service they belong to. */
  readonly rule: AdapterRule;
  /** Asks for it: the part of an HPA. */
  readonly metric: ExternalMetric;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the adapter fills in what the parentheses matched
const NAME = { matches: '^(.*)_total', as: '${1}_per_second' } as const;

/**
 * The rate of a counter, as prometheus-adapter serves it and as an HPA asks for it. Made together, so that name,
 * namespace and labels cannot disagree: an HPA whose metric no API serves only says `<unknown>`.
 *
 * The rule takes every series of the name; the HPA asks for those of its own namespace (by the override) and of
 * one Service (by a selector).
 *
 * @throws {ChartError} with every fault of the props
 */
export function counterRate(props: CounterRateProps): CounterRate {
  check(props);
  const { series, service, perReplica, windowSeconds } = props;
  const name = series.replace(new RegExp(NAME.matches), NAME.as.replace('{1}', '1'));
  return {
    name,
    rule: externalRule({
      seriesQuery: `{__name__="${series}"}`,
      namespaced: true,
      name: NAME,
      metricsQuery: `sum(rate(<<.Series>>{<<.LabelMatchers>>}[${duration(windowSeconds)}]))`,
    }),
    metric: externalMetric({ name, selector: { matchLabels: { service } } }, perReplica),
  };
}

/** 60 -> '1m', 90 -> '90s'. */
const duration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

function check({ series, service, perReplica, windowSeconds, scrapeSeconds }: CounterRateProps): void {
  new Checks(`CounterRate '${series}'`)
    .that(
      /^[a-zA-Z_:][a-zA-Z0-9_:]*_total$/.test(series),
      `'series' (${series}) must be a counter: its name ends in _total`,
    )
    .dnsLabel('service', service)
    .wholeNumber('perReplica', perReplica, 1)
    .wholeNumber('scrapeSeconds', scrapeSeconds, 1)
    .wholeNumber('windowSeconds', windowSeconds, 1)
    .that(
      windowSeconds >= 2 * scrapeSeconds,
      `'windowSeconds' (${windowSeconds}) must be at least 2 x 'scrapeSeconds' (${scrapeSeconds}): a rate needs two samples, and without one it is empty`,
    )
    .done();
}
