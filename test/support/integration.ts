/** The set-up of a run of integration tests: services as bundles and the broker that most files share, at the same time. */
import type { TestProject } from 'vitest/node';
import { setup as prepareBundles } from './bundles.ts';
import { setup as startBroker } from './shared-broker.ts';

/** @returns what ends both */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = await Promise.all([startBroker(project), prepareBundles()]);
  return async () => {
    for (const end of started) await end();
  };
}
