import { transactionAnswers } from './transaction-services.ts';
import { webService } from './web-service.ts';

/** Answers questions about transactions from all three stores, and reads alone. */
export const query = webService('query', { maxReplicas: 6 }, transactionAnswers);
