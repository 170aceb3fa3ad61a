import { runMain } from '@sluice/runtime';
import { environment } from './config.ts';

await runMain({
  service: 'collector',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, stop }) => {
    // Loaded now: a start whose configuration is wrong needs no client of Kubernetes.
    const { clusterLists } = await import('./cluster.ts');
    const { collect } = await import('./collect.ts');
    const { writeSnapshot } = await import('./snapshots.ts');
    const snapshot = await collect({
      ...{ lists: clusterLists(), pageSize: config.PAGE_SIZE, now: Date.now },
      requestMs: config.REQUEST_SECONDS * 1000,
      signal: stop.within(config.DEADLINE_SECONDS),
    });
    const written = await writeSnapshot(config.SNAPSHOT_DIR, snapshot, config.KEEP_SNAPSHOTS);
    const { missing, seconds, pods, nodes } = snapshot;
    const failed = missing.filter(({ cause }) => cause !== 'absent');
    const megabytes = process.resourceUsage().maxRSS / 1024;
    log.info({ ...written, seconds, pods: pods.length, nodes: nodes.length, megabytes }, 'snapshot written');
    for (const { resource, cause, message, read } of failed)
      log.error({ resource, cause, message, read }, 'list not read');
    return failed.length === 0 ? 0 : 1;
  },
});
