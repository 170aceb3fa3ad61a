import { constant, latch, type Policy, schedule } from '@sluice/policy';
import { waitSecondsOf } from '../../charts/objectives.ts';
import type { Canary } from '../../charts/release.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { accountVariables } from '../workloads/common.ts';
import { consumerAlerts } from '../workloads/consumer-alerts.ts';
import { queueWorker } from '../workloads/queue-worker.ts';
import { releaseAlerts } from '../workloads/release-alerts.ts';
import { scheduledJob, scheduledJobAlerts } from '../workloads/scheduled-job.ts';
import { type ConsumerSettings, sluiceConsumer } from '../workloads/sluice-consumer.ts';
import { type ServiceScaling, webService } from '../workloads/web-service.ts';
import type { OverridesOf } from '../workloads/workload.ts';

/** Workloads of the tests' own, of each kind one: what is expected of the machinery stays when apps/workloads/ changes. */
const queue = 'jobs';

const settings: ConsumerSettings & { readonly policy: Policy; readonly retrySeconds: number } = {
  policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } }),
  ...{ workSeconds: 5, maxAttempts: 5, maxBodyBytes: 64 * 1024, stopDeadlineSeconds: 30, retrySeconds: 30 },
};

/** A worker of this repository's own image. */
export const consumer = queueWorker('consumer', settings, ({ policy, retrySeconds, ...own }) => ({
  ...sluiceConsumer(own),
  queue: { queue, retrySeconds },
  policy,
  alerts: consumerAlerts({ namespace: 'consumer', workload: queue, waitSeconds: waitSecondsOf(policy) }),
}));

const DEADLINE_SECONDS = 120;

/** A scheduled job that publishes. */
export const publisher = scheduledJob(
  'publisher',
  { everyMinutes: 10, jobsPerRun: 100 },
  ({ everyMinutes, jobsPerRun }) => ({
    ...{ component: 'publisher', image: images.publisher, publishes: queue, jobsPerRun },
    ...{ everyMinutes, deadlineSeconds: DEADLINE_SECONDS },
    environment: (account) => ({
      ...accountVariables(account),
      RUN_ID: { field: "metadata.labels['batch.kubernetes.io/job-name']" },
      ...{ JOBS: String(jobsPerRun), EXCHANGE: queue, ROUTING_KEY: queue },
      DEADLINE_SECONDS: String(DEADLINE_SECONDS),
    }),
    alerts: scheduledJobAlerts({
      ...{ namespace: 'publisher', cronJob: 'publisher', prefix: 'PublisherRun', what: 'publisher run' },
      ...{ everyMinutes, failed: 'A retry publishes the same.', missing: 'No jobs come.' },
    }),
  }),
);

/** How the web service scales. */
export const scaling = {
  minReplicas: schedule({
    policy: constant({ replicas: 1, maxReplicas: 15 }),
    timeZone: 'Europe/Berlin',
    windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }],
    holidays: ['2026-12-25'],
  }),
  maxReplicas: 15,
  requests: { series: 'http_requests_total', perReplica: 10, windowSeconds: 60 },
  cpuPercent: 80,
  behavior: {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      policies: [{ type: 'Pods', value: 15, periodSeconds: 15 }],
      selectPolicy: 'Max',
    },
    scaleDown: {
      stabilizationWindowSeconds: 60,
      policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      selectPolicy: 'Max',
    },
  },
} as const satisfies ServiceScaling;

/** What a new version of the web service must show. */
export const release: Omit<Canary, 'router'> = {
  weights: [20, 50],
  bounds: { successRatio: 0.99, p99Seconds: 0.25, minRequestsPerSecond: 0.5, windowSeconds: 60 },
};

/** A web service with canary releases. */
export const api = webService('api', ({ aws, web }) => ({
  ...{ image: images.api, readyPath: '/api', priority: 'high', scaling, release },
  objectives: { availability: 0.999, latency: { objective: 0.99, seconds: 0.25 } },
  page: { host: web.hosts.api, path: '/api' },
  ...(aws && { placement: { minNodeCpus: 3 } }),
  ...(web.canary && { alerts: releaseAlerts('api') }),
}));

/** One of each kind. */
export const workloads = [publisher, consumer, api];

type Overrides = OverridesOf<(typeof workloads)[number]>;

/** An environment as these workloads know it. */
export type TestEnvironment = Omit<Environment, 'workloads'> & { readonly workloads?: Overrides };

/** The same environment: the type of environments knows the workloads of apps/workloads/ alone. */
export const typed = ({ workloads: overrides, ...environment }: TestEnvironment): Environment => ({
  ...environment,
  ...(overrides && { workloads: overrides as object }),
});

/** An environment that wants these workloads otherwise. */
export const withOverrides = (environment: Environment, overrides: Overrides): Environment =>
  typed({ ...environment, workloads: overrides });
