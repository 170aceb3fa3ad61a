import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests on a real Kubernetes: slow to begin with, one cluster for all, so one file after the other. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    name: 'cluster',
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/bed/**/*.test.ts', 'test/cluster/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    // A cold cache: every tool is built first.
    hookTimeout: 3_600_000,
  },
});
