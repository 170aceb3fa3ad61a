import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Backups of the stores to a real S3 server, and back; a cold cache builds the servers and tools first. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/backups/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts', 'test/backups/tools.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
