/** What the API server itself refuses by the rendered admission policies, with the same objects made right beside it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../bed/cluster.ts';
import { until } from '../bed/lib/until.ts';
import { closeCluster, openCluster } from '../bed/provide.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds } from './crds.ts';
import { objectsOf } from './rendered.ts';

const name = 'admission';
const ENVIRONMENT = 'production';
let cluster: Cluster;
let api: Api;

const DEFINED = ['ClusterExternalSecret', 'ClusterSecretStore', 'ExternalSecret', 'SecretStore'].map(
  (kind) => ({
    ...{ apiVersion: 'external-secrets.io/v1', kind, metadata: { name: 'any' } },
  }),
);

beforeAll(async () => {
  await closeCluster(name);
  cluster = await openCluster({ name });
  api = await openApi(cluster.kubeconfig);
  await installCrds(cluster, DEFINED);
  for (const kind of ['Namespace', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'])
    for (const object of objectsOf(ENVIRONMENT, kind)) {
      const { status, body, warnings } = await applyStrictly(api, object);
      expect([status, warnings], JSON.stringify(body)).toEqual([expect.toBeOneOf([200, 201]), []]);
    }
  // The server compiles a new policy after it has answered.
  await until('the policies to hold', 60, async () => (await answer(allNamespaces())).refused !== '');
});

afterAll(async () => {
  api?.close();
  await closeCluster(name);
});

interface Answer {
  /** The policy's message; empty where the object would be taken. */
  readonly refused: string;
}

async function answer(object: KubernetesObject): Promise<Answer> {
  const { status, body } = await applyStrictly(api, object, { dryRun: true });
  if (status < 300) return { refused: '' };
  return { refused: `${status} ${(body as { message?: string }).message}` };
}

const of =
  (kind: string, object: string, namespace?: string) =>
  (spec: object): KubernetesObject => ({
    ...{ apiVersion: 'external-secrets.io/v1', kind },
    metadata: { name: object, ...(namespace !== undefined && { namespace }) },
    spec,
  });
const allNamespaces = () =>
  of(
    'ClusterSecretStore',
    'any',
  )({ provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } });

describe('a manifest in the namespace of the consumer', () => {
  const secret = (spec: object) =>
    of(
      'ExternalSecret',
      'mine',
      'consumer',
    )({ secretStoreRef: { kind: 'SecretStore', name: 'secret-store' }, ...spec });
  const item = (key: string, more: object = {}) => ({
    data: [{ secretKey: 'password', remoteRef: { key, property: 'consumer' }, ...more }],
  });
  const own = 'sluice/production/consumer';
  const aws = (more: object) =>
    of(
      'SecretStore',
      'secret-store',
      'consumer',
    )({
      provider: { aws: { service: 'SecretsManager', region: 'eu-central-1', ...more } },
    });
  const jwt = (account: object) => ({ auth: { jwt: { serviceAccountRef: account } } });

  test.each([
    ['what is rendered', secret(item(own))],
    ['its whole document', secret({ dataFrom: [{ extract: { key: own } }] })],
    ['a store that reads as its own account', aws(jwt({ name: 'secret-store' }))],
  ])('may name %s', async (_, object) => {
    expect(await answer(object)).toEqual({ refused: '' });
  });

  test.each([
    ["the broker's document", secret(item('sluice/production/broker')), 'own document'],
    [
      "Argo CD's as a whole",
      secret({ dataFrom: [{ extract: { key: 'sluice/production/argocd' } }] }),
      'own document',
    ],
    ['whatever is found', secret({ dataFrom: [{ find: { name: { regexp: '.*' } } }] }), "without 'find'"],
    [
      'a store of all namespaces',
      secret({ ...item(own), secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' } }),
      "'secretStoreRef'",
    ],
    [
      'another store for one key',
      secret(item(own, { sourceRef: { storeRef: { kind: 'ClusterSecretStore', name: 'aws' } } })),
      "without a 'sourceRef'",
    ],
    ['a store without a reader', aws({}), 'ServiceAccount'],
    [
      "a store that takes the broker's role",
      aws({ role: 'arn:aws:iam::111122223333:role/sluice-production-secrets-broker' }),
      'ServiceAccount',
    ],
    [
      "a store that reads as the broker's account",
      aws(jwt({ name: 'secret-store', namespace: 'broker' })),
      'ServiceAccount',
    ],
    ['a store that reads as another account of its own', aws(jwt({ name: 'consumer' })), 'ServiceAccount'],
  ])('is refused %s', async (_, object, message) => {
    const { refused } = await answer(object);
    expect(refused).toMatch(/^(403|422) /);
    expect(refused).toContain(message);
  });

  test('nor does anybody make a store of all namespaces', async () => {
    expect((await answer(allNamespaces())).refused).toContain('each has its own SecretStore');
  });
});
