import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The board in a real browser, on a real run of the system. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/board/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts', 'test/board/tools.ts', 'test/support/shared-broker.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    fileParallelism: false,
  },
});
