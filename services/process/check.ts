/** Proves the books: run it by hand or as a Job beside process, with its MONGODB_* variables. */
import { runMain, serviceFields } from '@sluice/runtime';
import * as z from 'zod';
import { readBooks, sumsOf } from './books.ts';
import { mongodbFields } from './config.ts';
import { renewedClients } from './database.ts';
import type { StoredTransaction } from './store.ts';

await runMain({
  service: 'process',
  schema: z.object({ ...mongodbFields, ...serviceFields }),
  stopSeconds: () => 5,
  run: async ({ config, log, stop }) => {
    const clients = renewedClients(config, (client) => ({ client }));
    stop.onStop('mongodb', () => clients.close());
    const { client } = clients.current();
    const collection = client.db(config.MONGODB_DATABASE).collection<StoredTransaction>('transactions');
    const startedAt = performance.now();
    const books = await readBooks(collection.find({}, { signal: stop.signal }));
    const sums = Object.entries(sumsOf(books)).map(([currency, sum]) => [currency, String(sum)]);
    const facts = {
      ...{ transactions: books.transactions, accounts: books.balances.size, sums: Object.fromEntries(sums) },
      ...{ faults: books.faultCount, seconds: (performance.now() - startedAt) / 1000 },
    };
    const balanced = books.faultCount === 0 && sums.every(([, sum]) => sum === '0');
    if (balanced) log.info(facts, 'books balance');
    else log.error({ ...facts, examples: books.faults }, 'books do not balance');
    return balanced ? 0 : 1;
  },
});
