import { images } from '../../environments/images.ts';
import { inject as metrics } from '../../packages/contracts/metrics/catalogue.ts';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { serviceAlerts } from './transaction-alerts.ts';
import { webService } from './web-service.ts';

/** Takes transactions by HTTP into both queues; how many pods, its transactions say. */
export const inject = webService(
  'inject',
  { maxReplicas: 10, perReplica: 500 },
  ({ maxReplicas, perReplica }, { redis, transactions }) =>
    redis &&
    transactions && {
      image: images.inject,
      readyPath: '/readyz',
      priority: 'high',
      stores: [{ store: 'redis', scope: TRANSACTION_QUEUES.prefix, access: 'write' }],
      alerts: serviceAlerts('inject', metrics.transactions, 'critical'),
      environment: () => ({ REDIS_FSYNC: redis.fsync }),
      scaling: {
        minReplicas: 2,
        maxReplicas,
        requests: { series: metrics.transactions.name, perReplica, windowSeconds: 60 },
        cpuPercent: 80,
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            policies: [{ type: 'Pods', value: maxReplicas, periodSeconds: 15 }],
            selectPolicy: 'Max',
          },
          scaleDown: {
            stabilizationWindowSeconds: 300,
            policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
            selectPolicy: 'Max',
          },
        },
      },
    },
);
