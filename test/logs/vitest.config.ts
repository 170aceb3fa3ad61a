import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The way of log lines: the real agent and a real log store; a cold cache builds both first. */
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
