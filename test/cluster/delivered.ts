/** A cluster to which Argo CD delivers an environment: what the test of delivery and the pictures of dashboards share. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { applications } from '../../apps/testing/desired-state.ts';
import { generateSecrets } from '../../cli/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { argoCdDefinitions } from '../../packages/testbed/definitions.ts';
import { applyDefinitions, definitionsOf } from '../../packages/testbed/lib/definitions.ts';
import { installAddon } from './addons.ts';
import { type Applications, applicationsOf } from './applications.ts';
import { startArgoCd } from './argo.ts';
import { installCrds } from './crds.ts';
import { type Desired, openDesired } from './desired.ts';
import { objectsOf, provideImages, testEnvironment } from './system.ts';

/** An environment that is committed, and Argo CD beside the cluster that is to have it. */
export interface Delivery {
  readonly cluster: Cluster;
  readonly environment: Environment;
  readonly desired: Desired;
  readonly argo: Applications;
}

/**
 * Brings what bootstrap brings (definitions, namespaces, Secrets, Argo CD) and commits the environment. Nothing is
 * delivered yet.
 * @param change What the environment has otherwise than the one of the tests. Addons and log stores are left out: no
 *   chart repository can be reached from the test cluster
 */
export async function prepareDelivery(
  cluster: Cluster,
  change: (environment: Environment) => Environment = (same) => same,
): Promise<Delivery> {
  await provideImages(cluster);
  const desired = await openDesired(cluster.name);
  const environment = change({
    ...testEnvironment,
    repository: { repoURL: desired.repoURL, revision: 'main' },
    addons: [],
    definitions: ['argo-cd', 'prometheus-operator-crds'],
    logs: { ...testEnvironment.logs, stores: [] },
  });
  const objects = objectsOf(environment);
  await applyDefinitions(cluster, await definitionsOf(argoCdDefinitions));
  await installCrds(cluster, objects);
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const there = namespaces.map(({ metadata }) => metadata.name);
  await cluster.apply(namespaces);
  const secrets = generateSecrets(environment, applications).filter(({ metadata }) =>
    there.includes(metadata.namespace),
  );
  await cluster.apply(secrets.map((secret) => ({ ...secret })));
  // An HPA is healthy only while it reads its metric.
  await installAddon(cluster, 'metrics-server');
  await startArgoCd(cluster);
  desired.render(environment);
  await desired.commit('Want everything');
  return { cluster, environment, desired, argo: applicationsOf(cluster) };
}

/** Applies the root alone. @returns how many Applications follow from it, with itself */
export async function applyRoot({ cluster, environment, desired }: Delivery): Promise<number> {
  const delivery = join(desired.folder, 'dist', environment.name, 'argocd');
  for (const file of ['appproject-delivery.argocd.yaml', 'application-root.argocd.yaml'])
    await cluster.kubectl(['apply', '--server-side', '--filename', join(delivery, 'root', file)]);
  const files = readdirSync(delivery, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /(^|\/)application-[^/]*$/.test(file)).length;
}
