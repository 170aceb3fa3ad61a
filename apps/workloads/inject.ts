import { transactionIntake } from './transaction-services.ts';
import { webService } from './web-service.ts';

/** Takes transactions by HTTP into both queues; how many pods, its transactions say. */
export const inject = webService('inject', { maxReplicas: 10, perReplica: 500 }, transactionIntake);
