import { Client } from '@elastic/elasticsearch';
import { readAuthorities, runMain } from '@sluice/runtime';
import { writeTransactions } from '@sluice/runtime/redis';
import { environment, type JournalConfig } from './config.ts';
import { IndexStore } from './index-store.ts';

/** The batch is what is repeated, not the client's single request. */
function clientOf(config: JournalConfig): Client {
  const { ELASTICSEARCH_USERNAME: username, ELASTICSEARCH_PASSWORD: password } = config;
  const authorities = config.ELASTICSEARCH_CA_FILE;
  return new Client({
    node: config.ELASTICSEARCH_URL,
    ...(username !== undefined && { auth: { username, password: password?.read() ?? '' } }),
    ...(authorities !== undefined && { tls: { ca: readAuthorities(authorities) } }),
    maxRetries: 0,
  });
}

await runMain({
  service: 'journal',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async (context) => {
    const { config, stop } = context;
    const client = clientOf(config);
    const store = new IndexStore({
      ...{ client, replicas: config.INDEX_REPLICAS, writeMs: config.WRITE_SECONDS * 1000 },
    });
    const code = await writeTransactions(context, { queue: 'journal', write: (batch) => store.write(batch) });
    stop.onStop('elasticsearch', () => client.close());
    return code;
  },
});
