import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { longestFirst } from '../support/longest-first.ts';
import { BANK, LOGS, LONGEST_FIRST, MORE } from './files.ts';
import { WORKERS } from './shared.ts';

const root = join(import.meta.dirname, '..', '..');

/** Tests on a real Kubernetes, slow to begin with; each worker has a cluster for those that need none of their own. */
const project = (name: string, include: string[], exclude: string[]) => ({
  test: {
    name,
    root,
    include,
    exclude,
    maxWorkers: WORKERS,
    runner: join(root, 'ci', 'runner.ts'),
    // Every wait in a test ends by itself, and later on a busy machine: this is for what is stuck.
    testTimeout: 1_800_000,
    // A cold cache: every tool is built first.
    hookTimeout: 3_600_000,
  },
});

// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    globalSetup: [join(import.meta.dirname, 'shared.ts')],
    sequence: { sequencer: longestFirst(LONGEST_FIRST, 'first') },
    maxWorkers: WORKERS,
    projects: [
      project('core', ['test/cluster/**/*.test.ts'], [...MORE, ...LOGS, ...BANK]),
      project('more', [...MORE], []),
      project('log-pipeline', [...LOGS], []),
      project('bank', [...BANK], []),
    ],
  },
});
