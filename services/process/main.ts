import { runMain } from '@sluice/runtime';
import { type Posting, writeTransactions } from '@sluice/runtime/redis';
import { environment } from './config.ts';
import { renewedClients } from './database.ts';
import { Store, type StoredTransaction } from './store.ts';

await runMain({
  service: 'process',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async (context) => {
    const { config, stop } = context;
    const stores = renewedClients(config, (client) => {
      const collection = client.db(config.MONGODB_DATABASE).collection<StoredTransaction>('transactions');
      return { client, store: new Store(collection, config.WRITE_SECONDS * 1000) };
    });
    // A client whose first connection failed stays closed until it is asked to connect; a connected one answers at once.
    const write = async (batch: readonly Posting[]) => {
      const { client, store } = stores.current();
      await client.connect();
      return store.write(batch);
    };
    const code = await writeTransactions(context, { queue: 'process', write });
    stop.onStop('mongodb', () => stores.close());
    return code;
  },
});
