import { expect, test } from 'vitest';
import { proveTransactions } from './transactions.ts';

const transactions = Number(process.env.SOAK_TRANSACTIONS ?? 100_000);

test(`${transactions} transactions, 20 SIGKILLs, 5 Redis restarts, 5 outages and a full disk: each store has each once`, async () => {
  const audit = await proveTransactions({
    ...{ transactions, kills: 20, restarts: 5, outages: 5, outageSeconds: 10 },
    deadlineSeconds: 1800,
  });
  console.log(JSON.stringify({ ...audit, different: audit.different.length }, null, 2));
  expect(audit).toMatchObject({
    ...{ accepted: transactions, inMongodb: transactions, inElasticsearch: transactions, different: [] },
    ...{ misjudged: 0, failed: 0, booksBalance: true, kills: 20, restarts: 5, outages: 5 },
  });
  expect(audit.replayed).toBeGreaterThan(0);
  expect(audit.conflicts).toBe(audit.replayed);
});
