import { defaultWaitSeconds, type Policy, residueSecondsOf } from '@sluice/policy';
import { Checks } from '../packages/contracts/checks.ts';
import { api, scaler } from '../packages/contracts/metrics/catalogue.ts';
import { countSeries, OPEN, series } from '../packages/contracts/metrics/metric.ts';
import { fromLeader } from './scaler.ts';
import type { Slo } from './slo.ts';

/** What a web service promises. */
export interface RequestObjectives {
  /** The share of requests that are answered without an error of the server, for example 0.999. */
  readonly availability: number;
  /** The share of requests that are answered within so many seconds: a bucket of the histogram. */
  readonly latency: { readonly objective: number; readonly seconds: number };
}

/** Availability and latency of a Service's requests, by `http_requests_total` and `http_request_duration_seconds`. */
export function requestSlos(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { availability, latency }: RequestObjectives,
): readonly Slo[] {
  const target = { namespace, service: name };
  const rate = (selected: string, window: string): string => `sum(rate(${selected}[${window}]))`;
  // Prometheus 3 writes whole numbers as 1.0.
  const le = Number.isInteger(latency.seconds)
    ? { '=~': `${latency.seconds}([.]0)?` }
    : String(latency.seconds);
  const failed = series(api.requests, { ...target, status: { '=~': '5..' } });
  const prompt = series(
    { ...api.requests, name: `${api.duration.name}_bucket`, labels: { le: OPEN } },
    { ...target, le },
  );
  return [
    {
      name: 'availability',
      objective: availability,
      promise: 'of the requests are answered without an error of the server',
      description:
        'Look at the status and the route of http_requests_total, at a release in progress, and at the log of the pods.',
      errorRatio: (window) =>
        `(${rate(failed, window)} or vector(0)) / ${rate(series(api.requests, target), window)}`,
    },
    {
      name: 'latency',
      objective: latency.objective,
      promise: `of the requests are answered within ${latency.seconds} s`,
      description:
        'Look at the replicas beside the requests of each, at the CPU of the pods, and at a release in progress.',
      errorRatio: (window) =>
        `1 - ${rate(prompt, window)} / ${rate(countSeries(api.duration, target), window)}`,
    },
  ];
}

/** What a queue worker promises. */
export interface WaitObjective {
  /** Seconds that the oldest message waits at most. @default those of a drain policy; else 300, or twice what the policy lets a residue wait */
  readonly waitSeconds?: number;
  /** The share of time in which it does. @default 0.99 */
  readonly objective?: number;
}

/**
 * The seconds that the oldest message of a queue may wait.
 * @throws {ChartError} where the policy itself lets one wait longer
 */
export function waitSecondsOf(policy: Policy, { waitSeconds }: WaitObjective = {}): number {
  const residue = residueSecondsOf(policy);
  const seconds = waitSeconds ?? defaultWaitSeconds(policy);
  new Checks('The objective of a queue')
    .wholeNumber('waitSeconds', seconds, 1)
    .that(
      seconds > residue,
      `'waitSeconds' (${seconds}) must be above 'oldestWaitSeconds' (${residue}) of its policy, which starts nothing before`,
    )
    .done();
  return seconds;
}

/**
 * The oldest wait of a queue, as the scaler's leader knows it. Where the broker reports no age, a wait beside running
 * replicas is unknown and counts as within the objective.
 * @param workload Its name in the scaler's file
 */
export function waitSlo(
  namespace: string,
  workload: string,
  policy: Policy,
  wanted: WaitObjective = {},
): Slo {
  const seconds = waitSecondsOf(policy, wanted);
  const record = 'workload:oldest_wait_late:bool';
  const of = (selected: string): string => `max by (workload) (${fromLeader(selected)})`;
  return {
    name: 'wait',
    objective: wanted.objective ?? 0.99,
    promise: `of the time the oldest message has waited no longer than ${seconds} s`,
    description:
      'Look at the replicas beside the backlog, at pods that do not start, and at what the jobs depend on.',
    errorRatio: (window) =>
      `avg_over_time(${record}{namespace="${namespace}",workload="${workload}"}[${window}])`,
    recorded: {
      record,
      expr: `(${of(series(scaler.oldestWait, { workload }))} > bool ${seconds}) or 0 * ${of(series(scaler.backlog, { workload }))}`,
      labels: { namespace },
    },
  };
}
