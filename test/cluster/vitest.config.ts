import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..', '..');
const inCluster = (...names: string[]): string[] => names.map((name) => `test/cluster/${name}.test.ts`);

/** What needs more than Kubernetes, Argo CD and Argo Rollouts: half an hour of building where nothing is cached. */
const more = inCluster('addons', 'canary', 'observed', 'parity', 'parity-latch', 'rollouts', 'web-service');

/** Tests on a real Kubernetes: slow to begin with, each on a cluster of its own, so one file after the other. */
const project = (name: string, include: string[], exclude: string[]) => ({
  test: {
    name,
    root,
    include,
    exclude,
    fileParallelism: false,
    testTimeout: 180_000,
    // A cold cache: every tool is built first.
    hookTimeout: 3_600_000,
  },
});

// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [project('core', ['test/cluster/**/*.test.ts'], more), project('more', more, [])],
  },
});
