import { defineConfig } from 'vitest/config';

/** The long proofs, one at a time. Each has a short form in test/integration. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.soak.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
