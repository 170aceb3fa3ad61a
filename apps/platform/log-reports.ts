import { Alerts } from '../../charts/alerts.ts';
import type { Identity } from '../../charts/labels.ts';
import type { EnvValue } from '../../charts/pod.ts';
import { ScheduledJob } from '../../charts/scheduled-job.ts';
import type { Environment, LogReports } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { Checks } from '../../packages/contracts/checks.ts';
import { WINDOW_MINUTES } from '../../packages/contracts/log-report.ts';
import type { Application } from '../application.ts';
import { scheduledJobAlerts } from '../workloads/scheduled-job.ts';
import { declareSecrets } from './credentials.ts';
import { PRIORITY } from './identities.ts';
import { bucketRoleOf, type Client, logStoreClient, objectStoreClient } from './log-sources.ts';
import { allowConnections, isolatedNamespace, lookups } from './network.ts';

const SERVICE = 'log-reports';

/** How long a line may take to the store: what the agents hold back while the store is away is bounded by their queue. */
const LATE_SECONDS = 120;

/** Node's heap is kept small: a stream makes much that is dropped at once, and Node would rather grow than collect it. */
export const HEAP_OPTIONS = '--max-old-space-size=64 --max-semi-space-size=2';

/** One of the two schedules of the service. */
interface Schedule {
  readonly self: Identity;
  readonly mode: 'extract' | 'archive';
  readonly everyMinutes: number;
  /** When in its period it runs: a window that has just ended is not closed yet. */
  readonly offsetMinutes: number;
  readonly deadlineSeconds: number;
  readonly catchUpWindows: number;
  /** The alerts' names begin with it. */
  readonly prefix: string;
  readonly what: string;
  readonly missing: string;
}

const extract: Schedule = {
  self: { name: SERVICE, namespace: SERVICE, component: 'job' },
  ...{ mode: 'extract', everyMinutes: WINDOW_MINUTES, offsetMinutes: Math.ceil(LATE_SECONDS / 60) },
  ...{ deadlineSeconds: 240, catchUpWindows: 36 },
  ...{ prefix: 'LogReportRun', what: 'run that extracts error lines' },
  missing: 'There are no new error reports. Runs catch up 6 hours; what is older is in the log store alone.',
};

const archive: Schedule = {
  self: { name: 'log-archive', namespace: 'log-archive', component: 'job' },
  ...{ mode: 'archive', everyMinutes: 60, offsetMinutes: 5 },
  ...{ deadlineSeconds: 1500, catchUpWindows: 48 },
  ...{ prefix: 'LogArchiveRun', what: 'run that archives logs' },
  missing: 'Logs are not archived. Runs catch up 2 days, as far as the log store still has the lines.',
};

/** An application that runs the service on one of its schedules, in environments that say where its buckets are. */
const scheduled = (schedule: Schedule): Application => ({
  name: schedule.self.name,
  parent: 'infra-workloads',
  namespace: schedule.self.namespace,
  contribute: (environment) => {
    const { logReports } = environment;
    if (logReports === undefined) return {};
    const servers = serversOf(schedule, logReports, environment);
    return {
      connections: [...lookups(schedule.self), ...servers.flatMap(({ connections }) => connections)],
      secrets: servers.flatMap(({ secrets }) => secrets),
    };
  },
  build: (scope, environment, system) => {
    const { logReports } = environment;
    if (logReports === undefined) return;
    check(logReports, environment);
    const { self, everyMinutes, offsetMinutes, deadlineSeconds } = schedule;
    isolatedNamespace(scope, self, environment);
    declareSecrets(scope, self, environment, system);
    new ScheduledJob(scope, 'job', {
      ...{ ...self, image: images[SERVICE], everyMinutes, offsetMinutes, deadlineSeconds },
      // The next run goes on where one ended; the second try is for a pod that was lost.
      retries: 1,
      mounts: logStoreClient(self, logReports.store).mounts,
      environment: variablesOf(schedule, logReports, environment),
      resources: { cpu: '100m', memory: '256Mi' },
      priorityClassName: PRIORITY.low,
      ...bucketRoleOf(self, logReports),
      http: false,
    });
    allowConnections(scope, self, system);
    new Alerts(scope, 'alerts', { ...self, runbook: RUNBOOK, dashboard: 'pods', alerts: alertsOf(schedule) });
  },
});

/** Error lines become reports. */
export const logReportsApplication: Application = scheduled(extract);

/** All lines go to the archive, an hour after the other. */
export const logArchiveApplication: Application = scheduled(archive);

/** @throws {ChartError} where the store that is read is not one that the environment has */
function check({ store }: LogReports, { name, logs: { stores } }: Environment): void {
  new Checks(`Environment '${name}'`)
    .that(
      stores.includes(store),
      `'logReports.store' (${store}) must be one of 'logs.stores' (${stores.join(', ')})`,
    )
    .done();
}

/** The servers that a run asks. */
const serversOf = (
  { self }: Schedule,
  logReports: LogReports,
  environment: Environment,
): readonly [store: Client, bucket: Client] => [
  logStoreClient(self, logReports.store),
  objectStoreClient(self, logReports, environment),
];

function variablesOf(
  schedule: Schedule,
  logReports: LogReports,
  environment: Environment,
): Readonly<Record<string, EnvValue>> {
  const { mode, deadlineSeconds, catchUpWindows } = schedule;
  const { rawBucket, reportBucket, preprocessor = 'cluster' } = logReports;
  const [store, bucket] = serversOf(schedule, logReports, environment);
  const { S3_REGION = '', ...server } = bucket.environment;
  const reports = mode === 'extract' && preprocessor === 'cluster';
  return {
    ...{ MODE: mode, ...store.environment, RAW_BUCKET: rawBucket, S3_REGION },
    ...(reports && { REPORT_BUCKET: reportBucket }),
    ...server,
    ...{ LATE_SECONDS: String(LATE_SECONDS), CATCH_UP_WINDOWS: String(catchUpWindows) },
    ...{ DEADLINE_SECONDS: String(deadlineSeconds), NODE_OPTIONS: HEAP_OPTIONS },
  };
}

const alertsOf = ({ self, everyMinutes, prefix, what, missing }: Schedule) =>
  scheduledJobAlerts({
    ...{ namespace: self.namespace, cronJob: self.name, prefix, what, everyMinutes, missing },
    // The log store has the lines, and runs catch up.
    missingSeverity: 'warning',
    failed: 'Not every closed window was completed. The next run goes on where this one ended.',
  });
