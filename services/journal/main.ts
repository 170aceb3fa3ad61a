import { Client } from '@elastic/elasticsearch';
import { Renewed, readAuthorities, runMain } from '@sluice/runtime';
import { type Posting, writeTransactions } from '@sluice/runtime/redis';
import { environment, type JournalConfig } from './config.ts';
import { IndexStore } from './index-store.ts';

interface Rotated {
  readonly password: string;
  readonly authorities?: string;
}

const rotatedOf = ({
  ELASTICSEARCH_PASSWORD: password,
  ELASTICSEARCH_CA_FILE: file,
}: JournalConfig): Rotated => ({
  password: password?.read() ?? '',
  ...(file !== undefined && { authorities: readAuthorities(file) }),
});

/** The batch is what is repeated, not the client's single request. */
const clientOf = (config: JournalConfig, { password, authorities }: Rotated): Client =>
  new Client({
    node: config.ELASTICSEARCH_URL,
    ...(config.ELASTICSEARCH_USERNAME !== undefined && {
      auth: { username: config.ELASTICSEARCH_USERNAME, password },
    }),
    ...(authorities !== undefined && { tls: { ca: authorities } }),
    maxRetries: 0,
  });

await runMain({
  service: 'journal',
  schema: environment,
  stopSeconds: (config) => config.STOP_DEADLINE_SECONDS,
  run: async (context) => {
    const { config, stop } = context;
    const stores = new Renewed({
      read: () => rotatedOf(config),
      make: (rotated) => {
        const client = clientOf(config, rotated);
        const { INDEX_REPLICAS: replicas, WRITE_SECONDS } = config;
        return { client, store: new IndexStore({ client, replicas, writeMs: WRITE_SECONDS * 1000 }) };
      },
      close: ({ client }) => client.close(),
    });
    const write = async (batch: readonly Posting[]) => stores.current().store.write(batch);
    const code = await writeTransactions(context, { queue: 'journal', write });
    stop.onStop('elasticsearch', () => stores.close());
    return code;
  },
});
