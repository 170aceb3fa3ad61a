import { type Logger, messageOf, runMain } from '@sluice/runtime';
import { environment } from './config.ts';
import type { Declaring } from './declare.ts';
import type { Extraction } from './extract.ts';
import type { Restoration } from './restore.ts';

await runMain({
  service: 'log-reports',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, stop }) => {
    const signal = stop.within(config.DEADLINE_SECONDS);
    // Loaded now: a start whose configuration is wrong needs no client of S3.
    const { declaringOf, extractionOf, restorationOf } = await import('./wiring.ts');
    if (config.MODE === 'declare') return declareContent(declaringOf(config, log), log, signal);
    return config.MODE === 'restore'
      ? bringBack(restorationOf(config), log, signal)
      : extract(extractionOf(config), log, signal);
  },
});

async function extract(extraction: Extraction, log: Logger, signal: AbortSignal): Promise<number> {
  const { runExtraction } = await import('./run.ts');
  const startedAt = performance.now();
  const result = await runExtraction(extraction, log, Date.now(), signal);
  const facts = { ...result, seconds: (performance.now() - startedAt) / 1000 };
  if (result.failed === 0) log.info(facts, 'run complete');
  else log.error(facts, 'run failed');
  return result.failed === 0 ? 0 : 1;
}

async function bringBack(restoration: Restoration, log: Logger, signal: AbortSignal): Promise<number> {
  const { restore, RestoreError } = await import('./restore.ts');
  try {
    const { lines, missing } = await restore(restoration, signal);
    const hours = missing.map(({ start }) => new Date(start).toISOString());
    log.info({ lines, missing: hours }, 'span restored');
    return missing.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RestoreError)) throw error;
    log.error({ error: error.message }, 'span not restored');
    return 1;
  }
}

async function declareContent(declaring: Declaring, log: Logger, signal: AbortSignal): Promise<number> {
  const { declare, NotDeclaredError } = await import('./declare.ts');
  try {
    log.info({ declared: await declare(declaring, signal) }, 'content declared');
    return 0;
  } catch (error) {
    const refusals = error instanceof NotDeclaredError ? error.refusals : [messageOf(error)];
    log.error({ refusals }, 'content not declared');
    return 1;
  }
}
