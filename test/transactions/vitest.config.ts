import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Transactions on their way into both stores; a cold cache builds FerretDB and an exporter, and brings Elasticsearch first. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/transactions/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts', 'test/transactions/tools.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
