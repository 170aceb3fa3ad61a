import { waitSecondsOf } from '../../charts/objectives.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Files } from '../../packages/manifests/manifests.ts';
import { apiApplication } from '../api.ts';
import type { Application, System } from '../application.ts';
import { jobsWorkload } from '../jobs.ts';
import { type DesiredState, platform, render as renderOf } from '../main.ts';
import { publisherApplication } from '../publisher.ts';
import { systemOf } from '../system.ts';
import { consumerAlerts } from '../workloads/consumer-alerts.ts';
import { queueWorker } from '../workloads/queue-worker.ts';
import { sluiceConsumer } from '../workloads/sluice-consumer.ts';
import { environments } from './environments.ts';

export { environments, local, production } from './environments.ts';

const consumer = queueWorker('consumer', (environment) => {
  const { queue, retrySeconds, policy, ...settings } = jobsWorkload(environment);
  const { maxAttempts, maxBodyBytes, workSeconds, stopDeadlineSeconds } = settings;
  return {
    ...sluiceConsumer({ maxAttempts, maxBodyBytes, workSeconds, stopDeadlineSeconds }),
    queue: { queue, retrySeconds },
    policy,
    alerts: consumerAlerts({ namespace: 'consumer', workload: queue, waitSeconds: waitSecondsOf(policy) }),
  };
});

/** The platform with one publisher, one worker and one web service, whatever apps/workloads/ holds. */
export const applications: readonly Application[] = platform([
  publisherApplication,
  consumer,
  apiApplication,
]);

/** Environments and applications of the tests' own. */
export const desiredState: DesiredState = { environments, applications };

/** What they need and offer in an environment. */
export const systemIn = (environment: Environment): System => systemOf(applications, environment);

/** Path below dist/ -> text, of a desired state that only tests change. */
export const render = (wanted: readonly Environment[] = environments): Files =>
  renderOf(wanted, undefined, applications);
