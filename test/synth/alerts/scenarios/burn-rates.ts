import type { AlertRule } from '../rules.ts';
import type { Course, Samples, Scenario } from '../scenario.ts';
import { LEADER, led } from './queue.ts';

/** How many times as fast as it may the budget burns, and what the alert says of it in the end. */
interface Speed extends Pick<Scenario, 'calm' | 'within' | 'resolves' | 'step'> {
  readonly tolerated: number;
  readonly wrong: number;
}

const SPEEDS = {
  // 60 minutes at 5, and then 13 at 50, are more than 14.4 over an hour.
  Fast: { tolerated: 5, wrong: 50, calm: 60, within: 18, resolves: 40 },
  // Four hours at nothing, four at 0.5, and then three at 4, are more than 1 over all of them.
  Slowly: { tolerated: 0.5, wrong: 4, calm: 240, within: 200, resolves: 330, step: 5 },
} as const satisfies Readonly<Record<string, Speed>>;

/**
 * A budget that burns.
 * @param seriesOf The series, given how the share of bad events becomes samples
 * @param said How many times as fast as it may, as the alert says it
 */
const burns =
  (
    speed: keyof typeof SPEEDS,
    seriesOf: (course: (of: (share: number) => Samples) => Course, rule: AlertRule) => Scenario['series'],
    said: string,
  ) =>
  (rule: AlertRule): Scenario => {
    const { tolerated, wrong, ...minutes } = SPEEDS[speed];
    const budget = Number(/ \/ (0\.\d+) > /.exec(rule.expr)?.[1]);
    const course = (of: (share: number) => Samples): Course => ({
      ...{ well: of(0), tolerated: of(tolerated * budget), wrong: of(wrong * budget) },
    });
    const { workload = '', slo = '' } = rule.labels;
    return {
      ...minutes,
      series: seriesOf(course, rule),
      fires: [
        {
          labels: { namespace: rule.labels.namespace ?? '', workload, slo },
          summary: `${workload} burns its ${slo} budget ${said} times as fast as it may.`,
        },
      ],
    };
  };

const PER_MINUTE = 6000;
const perMinute = (share: number): Samples => ({ perMinute: PER_MINUTE * share });
const web = 'namespace="api",service="api",pod="a",method="GET",route="/api"';

const failing: Parameters<typeof burns>[1] = (course) => ({
  [`http_requests_total{${web},status="200"}`]: course((share) => perMinute(1 - share)),
  [`http_requests_total{${web},status="503"}`]: course(perMinute),
});

const slow: Parameters<typeof burns>[1] = (course) => ({
  [`http_request_duration_seconds_bucket{${web},le="0.25"}`]: course((share) => perMinute(1 - share)),
  [`http_request_duration_seconds_count{${web}}`]: course(() => perMinute(1)),
});

/** Late in so many of all samples, evenly. */
const lateIn = (share: number): Samples => {
  const late = (index: number): boolean => Math.floor(index * share) > Math.floor((index - 1) * share);
  return (_, index) => (late(index) ? 86_400 : 1);
};

const waiting: Parameters<typeof burns>[1] = (course, { labels }) => ({
  ...LEADER,
  [led('sluice_scaler_oldest_wait_seconds', `workload="${labels.workload}",source="broker"`)]: course(lateIn),
});

/** Alerts on what workloads promise. */
export const burnRateScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  AvailabilityBudgetBurnsFast: burns('Fast', failing, '18.5'),
  AvailabilityBudgetBurnsSlowly: burns('Slowly', failing, '1.353'),
  LatencyBudgetBurnsFast: burns('Fast', slow, '18.5'),
  LatencyBudgetBurnsSlowly: burns('Slowly', slow, '1.353'),
  WaitBudgetBurnsFast: burns('Fast', waiting, '18.03'),
  WaitBudgetBurnsSlowly: burns('Slowly', waiting, '1.471'),
};
