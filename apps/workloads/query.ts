import { images } from '../../environments/images.ts';
import { query as metrics } from '../../packages/contracts/metrics/catalogue.ts';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { indexBehind, serviceAlerts } from './transaction-alerts.ts';
import { webService } from './web-service.ts';

const MAX_REPLICAS = 6;

/** Answers questions about transactions from all three stores, and reads alone. */
export const query = webService(
  'query',
  ({ redis, transactions }) =>
    redis &&
    transactions && {
      image: images.query,
      readyPath: '/readyz',
      stores: [
        { store: 'redis', scope: TRANSACTION_QUEUES.prefix, access: 'read' },
        { store: 'mongodb', scope: 'transactions', access: 'read' },
        { store: 'elasticsearch', scope: 'transactions', access: 'read' },
      ],
      alerts: [...serviceAlerts('query', metrics.requests, 'warning'), indexBehind],
      scaling: {
        minReplicas: 2,
        maxReplicas: MAX_REPLICAS,
        cpuPercent: 70,
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }],
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
