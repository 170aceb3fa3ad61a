import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateSecrets } from '../../cli/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import { installAddon } from '../../packages/testbed/addons/optional.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { argoCdDefinitions } from '../../packages/testbed/definitions.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { applyDefinitions, definitionsOf } from '../../packages/testbed/lib/definitions.ts';
import { type Applications, applicationsOf } from '../cluster/applications.ts';
import { startArgoCd } from '../cluster/argo.ts';
import { installCrds } from '../cluster/crds.ts';
import { type Desired, openDesired } from '../cluster/desired.ts';
import { objectsOf, provideImages, testEnvironment } from '../cluster/system.ts';

const NAME = 'dashboards';
/** A machine that does other things as well delivers in some minutes. */
const SETTLE_SECONDS = 420;

/** A cluster to which Argo CD will deliver an environment. */
export interface DeliveredSystem {
  readonly cluster: Cluster;
  readonly environment: Environment;
  readonly desired: Desired;
  readonly argo: Applications;
  stop(): Promise<void>;
}

/** A real cluster with Argo CD and a git repository, and nothing delivered yet. */
export async function startCluster(): Promise<DeliveredSystem> {
  await fromSourceProvider.down(NAME);
  const cluster = await fromSourceProvider.up({ name: NAME });
  const stop = () => fromSourceProvider.down(NAME);
  try {
    return { ...(await prepare(cluster)), cluster, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(cluster: Cluster): Promise<Omit<DeliveredSystem, 'cluster' | 'stop'>> {
  await provideImages(cluster);
  const desired = await openDesired(NAME);
  const environment: Environment = {
    ...testEnvironment,
    repository: { repoURL: desired.repoURL, revision: 'main' },
    addons: [],
    logs: { ...testEnvironment.logs, stores: [] },
  };
  const objects = objectsOf(environment);
  await applyDefinitions(cluster, await definitionsOf(argoCdDefinitions));
  await installCrds(cluster, objects);
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const there = namespaces.map(({ metadata }) => metadata.name);
  await cluster.apply(namespaces);
  const secrets = generateSecrets().filter(({ metadata }) => there.includes(metadata.namespace));
  await cluster.apply(secrets.map((secret) => ({ ...secret })));
  await installAddon(cluster, 'metrics-server');
  await startArgoCd(cluster);
  desired.render(environment);
  await desired.commit('Want everything');
  return { environment, desired, argo: applicationsOf(cluster) };
}

/** From the root alone to everything Synced and Healthy. */
export async function deliver({ cluster, environment, desired, argo }: DeliveredSystem): Promise<void> {
  const delivery = join(desired.folder, 'dist', environment.name, 'argocd');
  const root = join(delivery, 'root');
  for (const file of ['appproject-delivery.argocd.yaml', 'application-root.argocd.yaml'])
    await cluster.kubectl(['apply', '--server-side', '--filename', join(root, file)]);
  const applications = readdirSync(delivery, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|\/)application-[^/]*$/.test(file),
  );
  await argo.settled(SETTLE_SECONDS, applications.length);
}

/** A run of the publisher: the consumers come and go. */
export async function publish({ cluster }: DeliveredSystem): Promise<void> {
  await cluster.kubectl(['-n', 'publisher', 'create', 'job', 'burst', '--from=cronjob/publisher']);
}
