import { images } from '../../environments/images.ts';
import { accountVariables } from './common.ts';
import { scheduledJob, scheduledJobAlerts } from './scheduled-job.ts';

const queue = 'jobs';
const DEADLINE_SECONDS = 120;

/** When jobs are published, and how many. */
const settings = { everyMinutes: 10, jobsPerRun: 100 };

/** The runs that publish jobs. */
export const publisher = scheduledJob('publisher', settings, ({ everyMinutes, jobsPerRun }) => ({
  component: 'publisher',
  image: images.publisher,
  everyMinutes,
  deadlineSeconds: DEADLINE_SECONDS,
  publishes: queue,
  jobsPerRun,
  environment: (account) => ({
    ...accountVariables(account),
    // The Job's name carries the scheduled minute: a retried run publishes the same message ids.
    RUN_ID: { field: "metadata.labels['batch.kubernetes.io/job-name']" },
    JOBS: String(jobsPerRun),
    EXCHANGE: queue,
    ROUTING_KEY: queue,
    DEADLINE_SECONDS: String(DEADLINE_SECONDS),
  }),
  alerts: alerts(everyMinutes),
}));

/** Alerts on its runs. */
const alerts = (everyMinutes: number) =>
  scheduledJobAlerts({
    ...{
      namespace: 'publisher',
      cronJob: 'publisher',
      prefix: 'PublisherRun',
      what: 'publisher run',
      everyMinutes,
    },
    failed: 'Not every job of the run was confirmed by the broker. A retry publishes the same message ids.',
    missing: 'New jobs do not reach the queue.',
  });
