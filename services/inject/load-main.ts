import { runMain } from '@sluice/runtime';
import { runLoad } from './load.ts';
import { loadEnvironment } from './load-config.ts';

await runMain({
  service: 'inject',
  schema: loadEnvironment,
  stopSeconds: () => 5,
  run: async ({ config, log, stop }) => {
    const { RUN_ID: runId, TRANSACTIONS: transactions } = config;
    const startedAt = performance.now();
    const result = await runLoad({
      ...{ url: config.INJECT_URL, authoritiesFile: config.INJECT_CA_FILE, runId, transactions },
      ...{ batch: config.BATCH, concurrency: config.CONCURRENCY },
      signal: stop.within(config.DEADLINE_SECONDS),
      again: (key, reason) => {
        log.warn({ key, reason }, 'batch sent again');
      },
    });
    const facts = { runId, transactions, ...result, seconds: (performance.now() - startedAt) / 1000 };
    if (result.accepted === transactions) {
      log.info(facts, 'load accepted');
      return 0;
    }
    log.error(facts, 'load not accepted');
    return 1;
  },
});
