import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { applyRoot, type Delivery, prepareDelivery } from '../cluster/delivered.ts';

const NAME = 'dashboards';
/** A machine that does other things as well delivers in some minutes. */
const SETTLE_SECONDS = 420;

/** A cluster to which Argo CD will deliver an environment. */
export interface DeliveredSystem extends Delivery {
  stop(): Promise<void>;
}

/** A real cluster with Argo CD and a git repository, and nothing delivered yet. */
export async function startCluster(): Promise<DeliveredSystem> {
  await fromSourceProvider.down(NAME);
  const cluster = await fromSourceProvider.up({ name: NAME });
  const stop = () => fromSourceProvider.down(NAME);
  try {
    return { ...(await prepareDelivery(cluster)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** From the root alone to everything Synced and Healthy. */
export async function deliver(system: DeliveredSystem): Promise<void> {
  await system.argo.settled(SETTLE_SECONDS, await applyRoot(system));
}

/** A run of the publisher: the consumers come and go. */
export async function publish({ cluster }: DeliveredSystem): Promise<void> {
  await cluster.kubectl(['-n', 'publisher', 'create', 'job', 'burst', '--from=cronjob/publisher']);
}
