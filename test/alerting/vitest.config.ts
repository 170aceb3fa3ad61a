import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Alerts on their way from real services to a channel; a cold cache builds Alertmanager first. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/alerting/**/*.test.ts', 'test/synth/alerts/routing.test.ts'],
    globalSetup: ['test/support/scratch.ts', 'test/alerting/tools.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
