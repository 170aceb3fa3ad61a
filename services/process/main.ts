import { runMain } from '@sluice/runtime';
import { writeTransactions } from '@sluice/runtime/redis';
import { environment } from './config.ts';
import { createClient } from './database.ts';
import { Store, type StoredTransaction } from './store.ts';

await runMain({
  service: 'process',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async (context) => {
    const { config, stop } = context;
    const client = createClient(config);
    const collection = client.db(config.MONGODB_DATABASE).collection<StoredTransaction>('transactions');
    const store = new Store(collection, config.WRITE_SECONDS * 1000);
    const code = await writeTransactions(context, { queue: 'process', write: (batch) => store.write(batch) });
    stop.onStop('mongodb', () => client.close());
    return code;
  },
});
