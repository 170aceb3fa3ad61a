const inCluster = (...names: string[]): string[] => names.map((name) => `test/cluster/${name}.test.ts`);

/** What needs more than Kubernetes, Argo CD and Argo Rollouts: half an hour of building where nothing is cached. */
export const MORE: readonly string[] = inCluster(
  ...['addons', 'canary', 'observed', 'parity', 'parity-latch', 'rollouts', 'web-service'],
);
