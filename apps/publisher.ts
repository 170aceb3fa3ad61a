import { Alerts } from '../charts/alerts.ts';
import { PASSWORD_FILE } from '../charts/pod.ts';
import { ScheduledJob } from '../charts/scheduled-job.ts';
import type { Environment } from '../environments/environment.ts';
import { images } from '../environments/images.ts';
import { RUNBOOK } from '../environments/organization.ts';
import type { Application, Arrivals } from './application.ts';
import { jobsWorkload } from './jobs.ts';
import { brokerEndpoint } from './platform/broker-endpoint.ts';
import { brokerCredentials, CREDENTIALS_SECRET, declareSecrets } from './platform/credentials.ts';
import { broker, PRIORITY, publisher } from './platform/identities.ts';
import { allowConnections, closedNamespace, lookups } from './platform/network.ts';
import { scheduledJobAlerts } from './workloads/scheduled-job-alerts.ts';

const DEADLINE_SECONDS = 120;

/** The runs that publish jobs. */
export const publisherApplication: Application = {
  name: 'publisher',
  parent: 'workloads',
  namespace: publisher.namespace,
  contribute: (environment) => ({
    arrivals: [arrivalsIn(environment)],
    connections: [
      { from: publisher, to: broker, port: brokerEndpoint(environment).ports.amqp },
      ...lookups(publisher),
    ],
    secrets: [brokerCredentials(publisher)],
    brokerUsers: [{ name: publisher.name, publishes: [jobsWorkload(environment).queue] }],
  }),
  build: (scope, environment, system) => {
    const { queue, jobsPerRun, everyMinutes } = jobsWorkload(environment);
    const { amqpUrl, caFile, mounts } = brokerEndpoint(environment);
    closedNamespace(scope, publisher, environment);
    declareSecrets(scope, publisher, environment, system);
    new ScheduledJob(scope, 'publisher', {
      ...publisher,
      image: images.publisher,
      everyMinutes,
      deadlineSeconds: DEADLINE_SECONDS,
      credentials: CREDENTIALS_SECRET,
      mounts,
      priorityClassName: PRIORITY.low,
      environment: {
        AMQP_URL: amqpUrl,
        AMQP_USERNAME: publisher.name,
        AMQP_PASSWORD_FILE: PASSWORD_FILE,
        ...(caFile !== undefined && { AMQP_CA_FILE: caFile }),
        // The Job's name carries the scheduled minute: a retried run publishes the same message ids.
        RUN_ID: { field: "metadata.labels['batch.kubernetes.io/job-name']" },
        JOBS: String(jobsPerRun),
        EXCHANGE: queue,
        ROUTING_KEY: queue,
        DEADLINE_SECONDS: String(DEADLINE_SECONDS),
      },
    });
    allowConnections(scope, publisher, system);
    new Alerts(scope, 'alerts', {
      ...{ ...publisher, runbook: RUNBOOK, dependsOn: broker.name },
      alerts: runAlerts(everyMinutes),
    });
  },
};

function arrivalsIn(environment: Environment): Arrivals {
  const { queue, jobsPerRun, everyMinutes } = jobsWorkload(environment);
  return { queue, jobs: jobsPerRun, everySeconds: everyMinutes * 60 };
}

/** Alerts on its runs. */
const runAlerts = (everyMinutes: number) =>
  scheduledJobAlerts({
    namespace: publisher.namespace,
    cronJob: publisher.name,
    prefix: 'PublisherRun',
    what: 'publisher run',
    everyMinutes,
    failed: 'Not every job of the run was confirmed by the broker. A retry publishes the same message ids.',
    missing: 'New jobs do not reach the queue.',
  });
