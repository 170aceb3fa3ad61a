import { defineConfig } from 'vitest/config';

const scratch = 'test/support/scratch.ts';

// A condition is waited for as long as a busy machine may need.
const patience = { testTimeout: 20_000, expect: { poll: { timeout: 20_000 } } };

/** Everything `npm test` runs; one project per kind of proof, so that `vitest run --project unit` is quick. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          ...patience,
          globalSetup: [scratch],
          include: ['{packages,policy,charts,argocd,apps,ci,cli,services,test/bed,test/soak}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      { test: { name: 'synth', globalSetup: [scratch], include: ['test/synth/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          ...patience,
          include: ['test/integration/**/*.test.ts'],
          globalSetup: [scratch, 'test/support/shared-broker.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
