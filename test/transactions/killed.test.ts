import { expect, it } from 'vitest';
import { proveTransactions } from '../soak/transactions.ts';

it('1,000 transactions, 4 SIGKILLs, 2 Redis restarts, 2 outages and a full disk: each store has each once', async () => {
  const audit = await proveTransactions({
    ...{ transactions: 1000, kills: 4, restarts: 2, outages: 2, outageSeconds: 1 },
    deadlineSeconds: 200,
  });
  expect(audit).toMatchObject({
    ...{ accepted: 1000, inMongodb: 1000, inElasticsearch: 1000, different: [] },
    ...{ misjudged: 0, failed: 0, booksBalance: true, kills: 4, restarts: 2, outages: 2 },
  });
  expect(audit.conflicts).toBe(audit.replayed);
});
