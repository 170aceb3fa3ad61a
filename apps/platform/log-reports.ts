import { Alerts } from '../../charts/alerts.ts';
import type { Identity } from '../../charts/labels.ts';
import { Peers } from '../../charts/network-policy.ts';
import { AUTHORITY_FILE, authorityMount, type EnvValue, type FileMount } from '../../charts/pod.ts';
import { ScheduledJob } from '../../charts/scheduled-job.ts';
import type { Environment, LogReports } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { Checks } from '../../packages/contracts/checks.ts';
import { WINDOW_MINUTES } from '../../packages/contracts/log-report.ts';
import { ELASTICSEARCH_USERS, logStoreAddresses, logStoreUrl } from '../../packages/contracts/log-store.ts';
import { internet, podIdentity } from '../addons/connections.ts';
import type { Application, Connection, ExpectedSecret } from '../application.ts';
import { scheduledJobAlerts } from '../scheduled-job-alerts.ts';
import { declareSecrets } from './credentials.ts';
import { ELASTICSEARCH_AUTHORITY, logStorePods } from './elasticsearch-endpoint.ts';
import { PRIORITY } from './identities.ts';
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
  contribute: ({ logReports }) =>
    logReports === undefined
      ? {}
      : {
          connections: connectionsOf(schedule.self, logReports),
          secrets: secretsOf(schedule.self, logReports),
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
      mounts: mountsOf(logReports),
      environment: variablesOf(schedule, logReports, environment),
      resources: { cpu: '100m', memory: '256Mi' },
      priorityClassName: PRIORITY.low,
      ...annotationsOf(schedule, logReports),
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

function connectionsOf(from: Identity, { store, s3 }: LogReports): readonly Connection[] {
  return [
    ...lookups(from),
    { from, to: logStorePods(store), port: logStoreAddresses[store].port },
    ...(s3 === undefined
      ? [
          { from, to: internet, port: 443 },
          { from, to: podIdentity, port: 80 },
        ]
      : [{ from, to: Peers.everyPod(s3.namespace), port: s3.port }]),
  ];
}

/** The key pair of an S3 server inside the cluster; AWS knows the ServiceAccount. */
const S3_KEYS = { secret: 'object-store', id: 'access-key-id', key: 'secret-access-key' } as const;

/** The password of the user of Elasticsearch who reads; the other stores know no users. */
const READER = { secret: 'log-store', path: '/etc/sluice/log-store', key: 'password' } as const;

const secretsOf = (owner: Identity, { s3, store }: LogReports): ExpectedSecret[] => [
  ...(s3 === undefined
    ? []
    : [
        {
          ...{ owner, secretName: S3_KEYS.secret },
          keys: { [S3_KEYS.id]: 's3-access-key-id', [S3_KEYS.key]: 's3-secret-access-key' },
        },
      ]),
  ...(store === 'elasticsearch'
    ? [{ owner, secretName: READER.secret, keys: { [READER.key]: ELASTICSEARCH_USERS.reader.name } }]
    : []),
];

const mountsOf = ({ store }: LogReports): readonly FileMount[] =>
  store === 'elasticsearch'
    ? [
        { name: 'log-store', path: READER.path, from: { secret: READER.secret } },
        authorityMount(ELASTICSEARCH_AUTHORITY),
      ]
    : [];

const credentialsOf = ({ store }: LogReports): Readonly<Record<string, string>> =>
  store === 'elasticsearch'
    ? {
        LOG_STORE_USERNAME: ELASTICSEARCH_USERS.reader.name,
        LOG_STORE_PASSWORD_FILE: `${READER.path}/${READER.key}`,
        LOG_STORE_CA_FILE: AUTHORITY_FILE,
      }
    : {};

function variablesOf(
  { mode, deadlineSeconds, catchUpWindows }: Schedule,
  logReports: LogReports,
  environment: Environment,
): Readonly<Record<string, EnvValue>> {
  const { store, region, rawBucket, reportBucket, s3, preprocessor = 'cluster' } = logReports;
  const reports = mode === 'extract' && preprocessor === 'cluster';
  return {
    ...{ MODE: mode, LOG_STORE: store, LOG_STORE_URL: logStoreUrl(store) },
    ...credentialsOf(logReports),
    ...{ RAW_BUCKET: rawBucket, S3_REGION: region ?? environment.aws?.region ?? 'us-east-1' },
    ...(reports && { REPORT_BUCKET: reportBucket }),
    ...(s3 !== undefined && {
      S3_ENDPOINT: `http://${s3.service}.${s3.namespace}.svc:${s3.port}`,
      AWS_ACCESS_KEY_ID: { secret: S3_KEYS.secret, key: S3_KEYS.id },
      AWS_SECRET_ACCESS_KEY: { secret: S3_KEYS.secret, key: S3_KEYS.key },
    }),
    ...{ LATE_SECONDS: String(LATE_SECONDS), CATCH_UP_WINDOWS: String(catchUpWindows) },
    ...{ DEADLINE_SECONDS: String(deadlineSeconds), NODE_OPTIONS: HEAP_OPTIONS },
  };
}

/** With IRSA the role is an annotation; with EKS Pod Identity the cloud associates it with the ServiceAccount. */
const annotationsOf = ({ self }: Schedule, { roleArnPrefix }: LogReports) =>
  roleArnPrefix === undefined
    ? {}
    : { serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': `${roleArnPrefix}${self.name}` } };

const alertsOf = ({ self, everyMinutes, prefix, what, missing }: Schedule) =>
  scheduledJobAlerts({
    ...{ namespace: self.namespace, cronJob: self.name, prefix, what, everyMinutes, missing },
    // The log store has the lines, and runs catch up.
    missingSeverity: 'warning',
    failed: 'Not every closed window was completed. The next run goes on where this one ended.',
  });
