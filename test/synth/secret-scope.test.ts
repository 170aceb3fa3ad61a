import { describe, expect, it } from 'vitest';
import { environments } from '../../environments/index.ts';
import { rendered } from './dist.ts';
import { foreignSecrets } from './secret-scope.ts';

const external = environments.flatMap(({ name, secrets }) =>
  secrets.kind === 'external' ? [{ name, documents: secrets.documents }] : [],
);
const objectsOf = (environment: string) =>
  rendered.filter((each) => each.environment === environment).map(({ object }) => object);

describe.each(external)('in $name', ({ name, documents }) => {
  it('every namespace reads its own document, by a store of its own', () => {
    const objects = objectsOf(name);
    expect(objects.filter(({ kind }) => kind === 'ExternalSecret').length).toBeGreaterThan(0);
    expect(foreignSecrets(objects, documents)).toEqual([]);
  });

  it('no store is for all namespaces', () => {
    expect(objectsOf(name).map(({ kind }): string => kind)).not.toContain('ClusterSecretStore');
  });
});

describe('a manifest in the namespace of one workload', () => {
  const secret = (spec: object) => ({
    ...{ kind: 'ExternalSecret', metadata: { name: 'a', namespace: 'consumer' } },
    spec: { secretStoreRef: { kind: 'SecretStore', name: 'secret-store' }, ...spec },
  });
  const store = (spec: object) => ({ kind: 'ClusterSecretStore', metadata: { name: 'aws' }, spec });
  const own = { remoteRef: { key: 'x/consumer', property: 'consumer' } };
  const byCluster = secret({ secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' }, data: [own] });
  const conditions = (...namespaces: string[]) => store({ conditions: [{ namespaces }] });

  it.each([
    [
      "another's document",
      [secret({ data: [{ remoteRef: { key: 'x/broker' } }] })],
      'names the document x/broker, not x/consumer',
    ],
    [
      "another's document as a whole",
      [secret({ dataFrom: [{ extract: { key: 'x/broker' } }] })],
      'names the document x/broker, not x/consumer',
    ],
    [
      'a document below its own',
      [secret({ data: [{ remoteRef: { key: 'x/consumer/y' } }] })],
      'names the document x/consumer/y, not x/consumer',
    ],
    [
      'whatever is found',
      [secret({ dataFrom: [{ find: { name: { regexp: '.*' } } }] })],
      "'find' searches every document",
    ],
    [
      'another store beside its own',
      [secret({ data: [{ ...own, sourceRef: { storeRef: { name: 'b' } } }] })],
      "a 'sourceRef' names another store",
    ],
    [
      'a store of all namespaces',
      [byCluster, store({})],
      'ClusterSecretStore aws has no namespace conditions',
    ],
    ['a store that is not there', [byCluster], 'ClusterSecretStore aws has no namespace conditions'],
    [
      'a store of several',
      [byCluster, conditions('broker', 'consumer')],
      'ClusterSecretStore aws is for broker, consumer',
    ],
    ["a store of another's", [byCluster, conditions('broker')], 'ClusterSecretStore aws is for broker'],
  ])('cannot name %s', (_, objects, fault) => {
    expect(foreignSecrets(objects, 'x')).toEqual([`ExternalSecret consumer/a: ${fault}`]);
  });

  it('names its own', () => {
    expect(
      foreignSecrets([secret({ data: [own], dataFrom: [{ extract: { key: 'x/consumer' } }] })], 'x'),
    ).toEqual([]);
    expect(foreignSecrets([byCluster, conditions('consumer')], 'x')).toEqual([]);
  });
});
