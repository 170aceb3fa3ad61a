import { type Alert, Alerts, type Severity } from '../../charts/alerts.ts';
import type { Component, Identity } from '../../charts/labels.ts';
import { ScheduledJob, type ScheduledJobProps } from '../../charts/scheduled-job.ts';
import type { Environment } from '../../environments/environment.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Contribution } from '../application.ts';
import { broker, PRIORITY } from '../platform/identities.ts';
import {
  type CommonValues,
  chartOf,
  commonContribution,
  mountsOf,
  type PublisherValues,
  toldOf,
} from './common.ts';
import { type Factory, factoryOf, type Kind } from './workload.ts';

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

type Chart = Omit<ScheduledJobProps, keyof Identity | 'environment' | 'mounts' | 'priorityClassName'>;

/** What one scheduled job is. Every property may be another in one environment. */
export interface ScheduledJobValues extends Chart, CommonValues, PublisherValues {
  /** Its part in the system, as a label. @default 'job' */
  readonly component?: Component;
  /** Jobs that one run publishes, for `sluice simulate`. @default not known */
  readonly jobsPerRun?: number;
}

const kind: Kind<ScheduledJobValues> = {
  component: ({ component = 'job' }) => component,
  contribute: contributionOf,
  build: (scope, self, values, place) => {
    const { priority = 'low', alerts = [], owner, publishes } = values;
    const { publishes: _, jobsPerRun: __, component: ___, ...chart } = chartOf(values);
    new ScheduledJob(scope, 'job', {
      ...{
        ...chart,
        ...self,
        environment: toldOf(self, values, place),
        priorityClassName: PRIORITY[priority],
      },
      mounts: mountsOf(values, publishes !== undefined, place),
    });
    if (alerts.length > 0)
      new Alerts(scope, 'alerts', {
        ...{ ...self, runbook: RUNBOOK, dashboard: 'pods', alerts },
        ...(publishes !== undefined && { dependsOn: broker.name }),
        ...(owner && { owner }),
      });
  },
};

function contributionOf(self: Identity, values: ScheduledJobValues, place: Environment): Contribution {
  const { publishes: queue, jobsPerRun: jobs, everyMinutes } = values;
  const known = queue !== undefined && jobs !== undefined;
  return {
    ...commonContribution(self, values, queue === undefined ? undefined : { publishes: [queue] }, place),
    arrivals: known ? [{ queue, jobs, everySeconds: everyMinutes * 60 }] : [],
  };
}

/**
 * Runs of an image every so many minutes: its CronJob, identity, broker user, Secrets, NetworkPolicies at both ends
 * and alerts, all from one value.
 */
export const scheduledJob: Factory<ScheduledJobValues> = factoryOf(kind);
