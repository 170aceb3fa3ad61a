import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Edits of the desired state, made together in one checkout (`npm run edits` makes each), and a worker that is scaffolded. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/edits/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
