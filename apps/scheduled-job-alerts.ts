import type { Alert, Severity } from '../charts/alerts.ts';

/** A CronJob whose runs are watched, and the sentences of its alerts. */
export interface ScheduledJobRuns {
  readonly namespace: string;
  /** The CronJob. */
  readonly cronJob: string;
  /** What the alerts are named after, in CamelCase: 'PublisherRun'. */
  readonly prefix: string;
  /** What runs, as the subject of a sentence: 'publisher run'. */
  readonly what: string;
  readonly everyMinutes: number;
  /** What is wrong with a run that failed, and what a retry does. */
  readonly failed: string;
  /** What does not happen while none succeeds. */
  readonly missing: string;
  /** How bad that is. @default 'critical' */
  readonly missingSeverity?: Severity;
}

/** Periods without a success that are too many. */
const PERIODS = 3;

/** A scheduled job whose run fails, or that has none. */
export const scheduledJobAlerts = (runs: ScheduledJobRuns): readonly Alert[] => [
  {
    name: `${runs.prefix}Failed`,
    severity: 'warning',
    expr: `kube_job_failed{namespace="${runs.namespace}",condition="true"} > 0`,
    for: '1m',
    summary: `The ${runs.what} {{ $labels.job_name }} failed.`,
    description: runs.failed,
  },
  {
    name: `${runs.prefix}Missing`,
    severity: runs.missingSeverity ?? 'critical',
    // One that never succeeded has no such time: it counts from when it was made.
    expr: `time() - (kube_cronjob_status_last_successful_time${ofCronJob(runs)} or kube_cronjob_created${ofCronJob(runs)}) > ${runs.everyMinutes * 60 * PERIODS}`,
    for: '1m',
    summary: `No ${runs.what} has succeeded for three times its period.`,
    description: runs.missing,
  },
];

const ofCronJob = ({ namespace, cronJob }: ScheduledJobRuns): string =>
  `{namespace="${namespace}",cronjob="${cronJob}"}`;
