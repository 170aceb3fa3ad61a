import { scaledReplicas } from '../argocd/owned-fields.ts';
import { DisruptionBudget } from '../charts/disruption.ts';
import { MetricsScrape } from '../charts/monitoring.ts';
import { HTTP_PORT_NAME } from '../charts/pod.ts';
import { QueueWorker } from '../charts/queue-worker.ts';
import { ScaleGrant } from '../charts/scale-grant.ts';
import { type Application, closedNamespace } from './application.ts';
import { CREDENTIALS_SECRET, declareSecrets } from './credentials.ts';
import { images } from './images.ts';
import { jobsWorkload, maxReplicas } from './jobs.ts';
import { allowConnections } from './network.ts';
import { amqpUrl, consumer, PRIORITY, scaler } from './project.ts';

/** The pods that do the jobs; how many, the scaler says. */
export const consumerApplication: Application = {
  name: 'consumer',
  parent: 'workloads',
  namespace: consumer.namespace,
  ownedFields: () => [scaledReplicas(consumer)],
  build: (scope, environment) => {
    const jobs = jobsWorkload(environment);
    closedNamespace(scope, consumer, environment);
    declareSecrets(scope, consumer, environment);
    new QueueWorker(scope, 'consumer', {
      ...consumer,
      image: images.consumer,
      amqpUrl,
      credentials: CREDENTIALS_SECRET,
      queue: jobs.queue,
      maxAttempts: jobs.maxAttempts,
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
    allowConnections(scope, consumer, environment);
    new MetricsScrape(scope, 'scrape', { ...consumer, endpoints: [{ port: HTTP_PORT_NAME }] });
  },
};
