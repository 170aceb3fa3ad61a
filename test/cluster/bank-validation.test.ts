/** The stores of transactions as they are rendered: a real API server takes every object, strictly. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bank, withTransactions } from '../../apps/testing/desired-state.ts';
import { bankInProduction } from '../../apps/testing/environments.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { mongodbDefinitions } from '../../packages/testbed/definitions.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds, UNDEFINED } from './crds.ts';
import { sharedCluster } from './shared.ts';
import { objectsOf } from './system.ts';

const STORES = ['redis', 'mongodb', 'transactions-index', 'cert-manager'];
const FIRST = ['Namespace', 'PriorityClass', 'ServiceAccount'];

const isOfStores = ({ kind, metadata: { name, namespace } }: KubernetesObject): boolean =>
  !UNDEFINED.includes(kind) &&
  (STORES.includes(namespace ?? name) ||
    kind === 'PriorityClass' ||
    (namespace === undefined && name.startsWith('store-')));

const environments = [bank, bankInProduction].map((environment) => ({
  name: environment.name,
  objects: objectsOf(environment, withTransactions).filter(isOfStores),
}));

let cluster: Cluster;
let api: Api;

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  const all = environments.flatMap(({ objects }) => objects);
  await installCrds(cluster, all, [mongodbDefinitions]);
});

afterAll(() => api?.close());

describe.each(environments)('the stores of $name', ({ objects }) => {
  beforeAll(async () => {
    for (const object of objects.filter(({ kind }) => FIRST.includes(kind)))
      expect((await applyStrictly(api, object)).status).toBeOneOf([200, 201]);
  });

  test('have an object of each kind that they are made of', () => {
    const kinds = new Set(objects.map(({ kind }) => kind));
    for (const kind of ['StatefulSet', 'PerconaServerMongoDB', 'NetworkPolicy', 'ConfigMap', 'CronJob'])
      expect(kinds).toContain(kind);
  });

  test.each(objects)('$kind $metadata.name is accepted as it is, without a warning', async (object) => {
    const { status, warnings, body } = await applyStrictly(api, object, { dryRun: true });
    expect([status, warnings], JSON.stringify(body)).toEqual([expect.toBeOneOf([200, 201]), []]);
  });
});
