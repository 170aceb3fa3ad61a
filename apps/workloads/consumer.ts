import { latch, type Policy } from '@sluice/policy';
import { waitSecondsOf } from '../../charts/objectives.ts';
import { consumerAlerts } from './consumer-alerts.ts';
import { queueWorker } from './queue-worker.ts';
import { type ConsumerSettings, sluiceConsumer } from './sluice-consumer.ts';

const queue = 'jobs';

/** When it scales, and how a job is done. */
const settings: ConsumerSettings & { readonly policy: Policy } = {
  // The line to change: 25 consumers at 100 waiting jobs, or one a job as soon as one has waited a minute.
  policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } }),
  workSeconds: 5,
  maxAttempts: 5,
  maxBodyBytes: 64 * 1024,
  stopDeadlineSeconds: 30,
};

/** The pods that do the jobs; how many, the scaler says. */
export const consumer = queueWorker('consumer', settings, ({ policy, ...own }) => ({
  ...sluiceConsumer(own),
  queue: { queue, retrySeconds: 30 },
  policy,
  alerts: consumerAlerts({ namespace: 'consumer', workload: queue, waitSeconds: waitSecondsOf(policy) }),
}));
