import { waitSecondsOf } from '../../charts/objectives.ts';
import { jobsWorkload } from '../jobs.ts';
import { consumerAlerts } from './consumer-alerts.ts';
import { queueWorker } from './queue-worker.ts';
import { sluiceConsumer } from './sluice-consumer.ts';

/** The pods that do the jobs; how many, the scaler says. */
export const consumer = queueWorker('consumer', (environment) => {
  const { queue, retrySeconds, policy, ...settings } = jobsWorkload(environment);
  const { maxAttempts, maxBodyBytes, workSeconds, stopDeadlineSeconds } = settings;
  return {
    ...sluiceConsumer({ maxAttempts, maxBodyBytes, workSeconds, stopDeadlineSeconds }),
    queue: { queue, retrySeconds },
    policy,
    alerts: consumerAlerts({ namespace: 'consumer', workload: queue, waitSeconds: waitSecondsOf(policy) }),
  };
});
