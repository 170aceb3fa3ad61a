import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What services do while something fails, and what a run leaves when it ends: brokers and whole runs, which take CPU to start. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts', 'test/support/integration.ts'],
    // Every wait in a test ends by itself: these are for what is stuck.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Most of a test is waiting for servers and clocks.
    maxWorkers: 4,
  },
});
