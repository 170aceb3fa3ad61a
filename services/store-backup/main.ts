import { type Logger, messageOf, runMain } from '@sluice/runtime';
import type { Backups } from './backups.ts';
import { environment, type StoreBackupConfig } from './config.ts';

await runMain({
  service: 'store-backup',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, stop }) => {
    const signal = stop.within(config.DEADLINE_SECONDS);
    // Loaded now: a start whose configuration is wrong needs no client of S3.
    const { Backups } = await import('./backups.ts');
    const backups = new Backups({
      ...{ bucket: config.BACKUP_BUCKET, prefix: config.BACKUP_PREFIX },
      ...{ region: config.S3_REGION, endpoint: config.S3_ENDPOINT },
    });
    return config.MODE === 'store'
      ? store(backups, config, log, signal)
      : fetchBackup(backups, config, log, signal);
  },
});

async function store(
  backups: Backups,
  { BACKUP_FILE, KEEP_DAYS }: StoreBackupConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<number> {
  try {
    const stored = await backups.store(BACKUP_FILE, Date.now(), signal);
    log.info(stored, 'backup stored');
    const removed = await backups.removeOlder(KEEP_DAYS, Date.now(), signal);
    if (removed.length > 0) log.info({ removed }, 'old backups removed');
    return 0;
  } catch (error) {
    log.error({ error: messageOf(error) }, 'backup failed');
    return 1;
  }
}

async function fetchBackup(
  backups: Backups,
  { BACKUP_FILE, BACKUP_NAME }: StoreBackupConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<number> {
  try {
    log.info(await backups.fetch(BACKUP_FILE, BACKUP_NAME, signal), 'backup fetched');
    return 0;
  } catch (error) {
    log.error({ error: messageOf(error) }, 'backup not fetched');
    return 1;
  }
}
