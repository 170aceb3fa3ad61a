import { Checks } from '../packages/contracts/checks.ts';
import { promqlFaults } from '../packages/contracts/promql.ts';
import type { Alert, RecordingRule, RuleGroup } from './alerts.ts';

/** What a workload promises, as the share of good events over 30 days. */
export interface Slo {
  /** What is promised: `availability`, `latency`, `wait`. The alerts are named after it. */
  readonly name: string;
  /** The share of events that must be good, for example 0.999. */
  readonly objective: number;
  /** The promise as the rest of a sentence: 'of the requests are answered within 250 ms'. */
  readonly promise: string;
  /** What burns the budget, and what to do first. */
  readonly description: string;
  /** PromQL: the share of bad events (0 to 1) in a window such as `5m`; one series. */
  readonly errorRatio: (window: string) => string;
  /** A series that `errorRatio` reads and that is recorded for it. @default none */
  readonly recorded?: RecordingRule;
}

/** The owner of the objective: labels of every series and alert. */
export interface SloOwner {
  readonly namespace: string;
  /** Its name in metrics. */
  readonly workload: string;
}

/** A pair of windows, and how many times as fast as it may the budget burns in both. */
interface Burn {
  readonly long: string;
  readonly short: string;
  readonly factor: number;
}

/**
 * Fast: 2 % of the budget in an hour, or 5 % in six. Slowly: 10 % in a day, or all of it in 30 days. The short window
 * ends the alert soon after the burning ends.
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
const BURNS = {
  Fast: [
    { long: '1h', short: '5m', factor: 14.4 },
    { long: '6h', short: '30m', factor: 6 },
  ],
  Slowly: [
    { long: '1d', short: '2h', factor: 3 },
    { long: '3d', short: '6h', factor: 1 },
  ],
} as const satisfies Readonly<Record<string, readonly Burn[]>>;

const WINDOWS = [
  ...new Set(
    Object.values(BURNS)
      .flat()
      .flatMap(({ long, short }) => [short, long]),
  ),
];

/**
 * The recording rules and the alerts of one objective: fast (critical) and slow (warning) burn rates, each over two
 * pairs of windows.
 * @throws {ChartError} with every fault of the objective
 */
export function burnRates(slo: Slo, owner: SloOwner): RuleGroup {
  check(slo);
  const labels = { ...owner, slo: slo.name };
  return {
    name: `${owner.workload}-slo-${slo.name}`,
    records: [
      ...(slo.recorded === undefined ? [] : [slo.recorded]),
      ...WINDOWS.map((window) => ({ record: ratioOver(window), expr: slo.errorRatio(window), labels })),
    ],
    alerts: [alertOf(slo, owner, 'Fast'), alertOf(slo, owner, 'Slowly')],
  };
}

/** `workload:slo_errors:ratio_rate1h` */
const ratioOver = (window: string): string => `workload:slo_errors:ratio_rate${window}`;

function alertOf(slo: Slo, { namespace, workload }: SloOwner, speed: keyof typeof BURNS): Alert {
  const series = `{namespace="${namespace}",workload="${workload}",slo="${slo.name}"}`;
  const budget = Number((1 - slo.objective).toPrecision(6));
  const burns = (window: string, factor: number) => `${ratioOver(window)}${series} / ${budget} > ${factor}`;
  return {
    name: `${capitalized(slo.name)}BudgetBurns${speed}`,
    severity: speed === 'Fast' ? 'critical' : 'warning',
    expr: BURNS[speed]
      .map(({ long, short, factor }) => `(${burns(long, factor)} and ${burns(short, factor)})`)
      .join(' or '),
    for: speed === 'Fast' ? '2m' : '15m',
    summary: `${workload} burns its ${slo.name} budget {{ $value | humanize }} times as fast as it may.`,
    description: `The objective is that ${percent(slo.objective)} ${slo.promise}, over 30 days. ${slo.description}`,
    labels: { workload, slo: slo.name },
  };
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** 0.999 -> '99.9 %' */
const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

function check({ name, objective, errorRatio }: Slo): void {
  new Checks(`The objective '${name}'`)
    .that(/^[a-z]+$/.test(name), `'name' (${name}) must be one word of lower-case letters`)
    .that(
      objective > 0 && objective < 1,
      `'objective' (${objective}) must be above 0 and below 1: a budget of nothing is burnt by anything`,
    )
    .that(
      promqlFaults(errorRatio('5m')).length === 0,
      `'errorRatio' (${errorRatio('5m')}) must be PromQL: ${promqlFaults(errorRatio('5m')).join(', ')}`,
    )
    .done();
}
