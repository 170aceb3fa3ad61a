import { runMain, serveUntilStopped } from '@sluice/runtime';
import { connectRedis } from '@sluice/runtime/redis';
import { renewedIndexClients } from '../journal/client.ts';
import { renewedClients } from '../process/database.ts';
import type { StoredTransaction } from '../process/store.ts';
import { createApp, type Stores } from './app.ts';
import { environment } from './config.ts';
import { queryMetrics } from './metrics.ts';
import { followQueue, Looks, queuedStateOf } from './progress.ts';
import { type ShownTransaction, searchIndex, VISIBLE_AFTER_MS } from './search.ts';

const shown = ({ _id, status, currency, exponent, ...rest }: StoredTransaction): ShownTransaction => ({
  ...{ id: _id, status, currency, exponent, description: rest.description },
  entries: rest.entries.map(({ account, amount }) => ({ account, amount: Number(amount) })),
  acceptedAt: rest.audit.acceptedAt.toISOString(),
});

await runMain({
  service: 'query',
  schema: environment,
  stopSeconds: (config) => config.DRAIN_DELAY_SECONDS + config.STOP_DEADLINE_SECONDS,
  run: async ({ config, log, registry, stop }) => {
    const redis = connectRedis(config, log);
    stop.onStop('redis', () => redis.disconnect());
    const readMs = config.READ_SECONDS * 1000;
    const databases = renewedClients(config, (client) => ({
      client,
      collection: client.db(config.MONGODB_DATABASE).collection<StoredTransaction>('transactions'),
    }));
    const indexes = renewedIndexClients(config, (client) => ({ client }));
    stop.onStop('mongodb', () => databases.close());
    stop.onStop('elasticsearch', () => indexes.close());
    const looks = new Looks(VISIBLE_AFTER_MS);
    void followQueue({
      ...{ redis, looks, timeoutMs: readMs, signal: stop.signal },
      everyMs: config.PROGRESS_SECONDS * 1000,
    });
    const stores: Stores = {
      find: async (id) => {
        const { client, collection } = databases.current();
        await client.connect();
        const found = await collection.findOne({ _id: id }, { timeoutMS: readMs });
        return found === null ? undefined : shown(found);
      },
      queued: (id) => queuedStateOf(redis, id),
      search: (search) => searchIndex(indexes.current().client, search, readMs),
      indexProgress: () => looks.newest(performance.now()),
    };
    const app = createApp({
      ...{ stores, registry, readMs, metrics: queryMetrics(registry, stores.indexProgress) },
      ready: () =>
        stop.signal.aborted
          ? 'stopping'
          : looks.newest(performance.now()) === undefined
            ? 'queue not looked at'
            : undefined,
      failed: (error) => {
        log.error({ err: error }, 'request failed');
      },
    });
    await serveUntilStopped(app, { config, log, stop });
    return 0;
  },
});
