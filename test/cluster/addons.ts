/** Addons of the test cluster, with the values that the tests' own desired state has for them. */
import { local, systemIn } from '../../apps/testing/desired-state.ts';
import { type AddonName, installAddon as installFor } from '../../packages/testbed/addons/optional.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';

/** Builds what is missing, applies it and waits until its pods are ready. Idempotent. */
export const installAddon = (cluster: Cluster, name: AddonName): Promise<void> =>
  installFor(cluster, name, { environment: local, system: systemIn(local) });
