import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { MORE } from './files.ts';

const root = join(import.meta.dirname, '..', '..');
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
    projects: [project('core', ['test/cluster/**/*.test.ts'], [...MORE]), project('more', [...MORE], [])],
  },
});
