const inCluster = (...names: string[]): string[] => names.map((name) => `test/cluster/${name}.test.ts`);

/** What takes minutes each, most of it with more than Kubernetes, Argo CD and Argo Rollouts: half an hour of building where nothing is cached. */
export const MORE: readonly string[] = inCluster(
  ...[
    'addons',
    'board',
    'canary',
    'monitoring',
    'parity',
    'parity-latch',
    'rollouts',
    'scaffold',
    'web-service',
    'workers',
  ],
);

/** The way of log lines: its report comes when its window of ten minutes is over. */
export const LOGS: readonly string[] = inCluster('log-pipeline');

/** Transactions with their stores as pods: FerretDB and Elasticsearch are built and brought first. */
export const BANK: readonly string[] = inCluster('transactions', 'transactions-keda', 'bank-validation');

/**
 * The longest first, so that no worker is left with one at the end; files that are not named come before all. Those with
 * a cluster of their own begin: their worker has no other yet, which would take CPU while nobody uses it. Of two beside
 * each other one mostly waits, and so `delivery`, `bootstrap` and `queue-lifecycle` are apart.
 */
export const LONGEST_FIRST: readonly string[] = inCluster(
  ...['parity', 'delivery', 'testbed', 'canary-delivery', 'bootstrap'],
  ...['canary', 'web-service', 'workers', 'scaffold', 'schedule', 'queue-lifecycle', 'monitoring'],
  ...['board', 'upgrade', 'exporter', 'rollouts', 'scores', 'checkov', 'access', 'many-workers'],
  ...['placement', 'addons', 'canary-istio', 'admission', 'network'],
  ...['spread', 'api-validation', 'parity-latch', 'shared', 'waivers'],
);
