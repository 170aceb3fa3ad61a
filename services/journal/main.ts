import { runMain } from '@sluice/runtime';
import { type Posting, writeTransactions } from '@sluice/runtime/redis';
import { renewedIndexClients } from './client.ts';
import { environment } from './config.ts';
import { IndexStore } from './index-store.ts';

await runMain({
  service: 'journal',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async (context) => {
    const { config, stop } = context;
    const stores = renewedIndexClients(config, (client) => {
      const { INDEX_REPLICAS: replicas, WRITE_SECONDS } = config;
      return { client, store: new IndexStore({ client, replicas, writeMs: WRITE_SECONDS * 1000 }) };
    });
    const write = async (batch: readonly Posting[]) => stores.current().store.write(batch);
    const code = await writeTransactions(context, { queue: 'journal', write });
    stop.onStop('elasticsearch', () => stores.close());
    return code;
  },
});
