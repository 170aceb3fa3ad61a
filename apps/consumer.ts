import { scaledReplicas } from '../argocd/owned-fields.ts';
import { BROKER_PORTS } from '../charts/broker-flavors.ts';
import { DisruptionBudget } from '../charts/disruption.ts';
import { MetricsScrape } from '../charts/monitoring.ts';
import { HTTP_PORT_NAME } from '../charts/pod.ts';
import { QueueWorker } from '../charts/queue-worker.ts';
import { ScaleGrant } from '../charts/scale-grant.ts';
import { type Application, closedNamespace } from './application.ts';
import { brokerCredentials, CREDENTIALS_SECRET, declareSecrets } from './credentials.ts';
import { images } from './images.ts';
import { jobsWorkload, maxReplicas } from './jobs.ts';
import { allowConnections, lookups, scraped } from './network.ts';
import { amqpUrl, broker, brokerSource, consumer, PRIORITY, scaler } from './project.ts';

/** The pods that do the jobs; how many, the scaler says. */
export const consumerApplication: Application = {
  name: 'consumer',
  parent: 'workloads',
  namespace: consumer.namespace,
  ownedFields: () => [scaledReplicas(consumer)],
  contribute: (environment) => {
    const { queue, retrySeconds, policy } = jobsWorkload(environment);
    return {
      connections: [
        { from: consumer, to: broker, port: BROKER_PORTS.amqp },
        ...lookups(consumer),
        scraped(consumer),
      ],
      secrets: [brokerCredentials(consumer)],
      queues: [{ queue, retrySeconds }],
      brokerUsers: [{ name: consumer.name, consumes: [queue] }],
      scaled: [
        {
          name: queue,
          source: brokerSource(queue),
          target: { kind: 'deployment', namespace: consumer.namespace, name: consumer.name },
          policy,
        },
      ],
    };
  },
  build: (scope, environment, system) => {
    const jobs = jobsWorkload(environment);
    closedNamespace(scope, consumer, environment);
    declareSecrets(scope, consumer, environment, system);
    new QueueWorker(scope, 'consumer', {
      ...consumer,
      image: images.consumer,
      amqpUrl,
      credentials: CREDENTIALS_SECRET,
      queue: jobs.queue,
      maxAttempts: jobs.maxAttempts,
      maxBodyBytes: jobs.maxBodyBytes,
      workSeconds: jobs.workSeconds,
      stopDeadlineSeconds: jobs.stopDeadlineSeconds,
      priorityClassName: PRIORITY.low,
    });
    new ScaleGrant(scope, 'grant', {
      ...consumer,
      to: { serviceAccount: scaler.name, namespace: scaler.namespace },
    });
    new DisruptionBudget(scope, 'budget', {
      ...consumer,
      maxReplicas: maxReplicas(jobs.policy),
      maxUnavailable: '25%',
    });
    allowConnections(scope, consumer, system);
    new MetricsScrape(scope, 'scrape', { ...consumer, endpoints: [{ port: HTTP_PORT_NAME }] });
  },
};
