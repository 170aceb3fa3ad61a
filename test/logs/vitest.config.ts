import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The way of log lines: the real agent, a real log store and a real S3 server; a cold cache builds them first. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/logs/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
});
