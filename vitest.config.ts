import { defineConfig } from 'vitest/config';

const scratch = 'test/support/scratch.ts';

/** Everything `npm test` runs; one project per kind of proof, so that `vitest run --project unit` is quick. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: [scratch],
          include: ['{packages,policy,charts,argocd,apps,ci,cli,services,test/bed}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      { test: { name: 'synth', globalSetup: [scratch], include: ['test/synth/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
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
