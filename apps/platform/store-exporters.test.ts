import { describe, expect, it } from 'vitest';
import { parseDeclaration } from '../../packages/contracts/log-declaration.ts';
import { bank, local, render, systemIn, withTransactions } from '../testing/desired-state.ts';
import { bankInProduction } from '../testing/environments.ts';
import { objectReader } from '../testing/rendered.ts';
import { storeExporter } from './store-exporters.ts';
import type { StoreKind } from './stores.ts';

const { transactions: _, ...redisAlone } = { ...bank, name: 'only-redis' };
const files = render([bank, bankInProduction, redisAlone], withTransactions);
const object = objectReader(files);

const STORES: readonly StoreKind[] = ['redis', 'mongodb', 'elasticsearch'];
const fileOf = (environment: string, store: StoreKind, kind: string): string => {
  const { name, namespace } = storeExporter(store);
  return `${environment}/${name}/${kind}-${name}.${namespace}.yaml`;
};
const containerOf = (environment: string, store: StoreKind) =>
  object(fileOf(environment, store, 'deployment')).spec.template.spec.containers[0];
const variablesOf = (environment: string, store: StoreKind): Record<string, unknown> =>
  Object.fromEntries(
    containerOf(environment, store).env.map(
      ({ name, value, valueFrom }: { name: string; value?: string; valueFrom?: object }) => [
        name,
        value ?? valueFrom,
      ],
    ),
  );

describe('the exporters of stores', () => {
  it('come with their stores: all with transactions, that of Redis with Redis, none without', () => {
    const foldersOf = (environment: string): string[] =>
      [...new Set([...files.keys()].map((path) => path.split('/').slice(0, 2).join('/')))].filter(
        (folder) =>
          folder.startsWith(`${environment}/`) && /(redis|mongodb|elasticsearch)-exporter$/.test(folder),
      );
    expect(foldersOf('bank')).toHaveLength(3);
    expect(foldersOf('only-redis')).toEqual(['only-redis/redis-exporter']);
    expect([...render([local], withTransactions).keys()].join()).not.toMatch(/(redis|mongodb)-exporter/);
  });

  it.each(STORES)('%s: is a restricted pod of a pinned image, which preempts no pod', (store) => {
    const { spec } = object(fileOf('bank-in-production', store, 'deployment')).spec.template;
    expect(spec).toMatchObject({
      ...{ automountServiceAccountToken: false, priorityClassName: 'low' },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    const [{ image, securityContext, resources }] = spec.containers;
    expect(image).toMatch(/:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/);
    expect(securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    });
    expect(resources.requests).toMatchObject({ cpu: '20m', memory: resources.limits.memory });
  });

  it.each(STORES)('%s: is scraped by Prometheus and connects to its store alone', (store) => {
    const { name, namespace } = storeExporter(store);
    const monitor = object(fileOf('bank', store, 'servicemonitor')).spec;
    const labels = object(fileOf('bank', store, 'service')).metadata.labels;
    expect(labels).toMatchObject(monitor.selector.matchLabels);
    expect(monitor.namespaceSelector.matchNames).toEqual([namespace]);
    const { ingress, egress } = object(fileOf('bank', store, 'networkpolicy')).spec;
    expect(ingress).toEqual([expect.objectContaining({ ports: [{ port: 8080, protocol: 'TCP' }] })]);
    const namespaces = egress.flatMap((rule: { to: { namespaceSelector?: { matchLabels: object } }[] }) =>
      rule.to.map(({ namespaceSelector }) => Object.values(namespaceSelector?.matchLabels ?? {})[0] ?? 'own'),
    );
    expect(namespaces.sort()).toEqual(['kube-system', expect.stringMatching(`^(own|${namespace})$`)]);
    const server = { redis: 'redis', mongodb: 'mongodb', elasticsearch: 'transactions-index' }[store];
    const atTheServer = object(`bank/${server}/networkpolicy-${server}.${namespace}.yaml`).spec.ingress;
    expect(JSON.stringify(atTheServer)).toContain(`"app.kubernetes.io/name":"${name}"`);
  });

  it.each([
    ['redis', 'REDIS_PASSWORD', 'redis-users'],
    ['mongodb', 'MONGODB_PASSWORD', 'mongodb-users'],
    ['elasticsearch', 'ES_PASSWORD', 'elasticsearch-users'],
  ] as const)('%s: logs in as a user of its own by %s, a key of %s', (store, variable, secret) => {
    const { name, namespace } = storeExporter(store);
    expect(variablesOf('bank', store)[variable]).toEqual({ secretKeyRef: { name: secret, key: name } });
    const external = object(`bank-in-production/${namespace}/externalsecret-${secret}.${namespace}.yaml`).spec
      .data;
    expect(external).toContainEqual(
      expect.objectContaining({
        secretKey: name,
        remoteRef: expect.objectContaining({ property: `${store}-${name}` }),
      }),
    );
  });

  it('have no password in an argument or a plain variable', () => {
    for (const store of STORES) {
      const { args = [], env } = containerOf('bank-in-production', store);
      const plain = env.filter(({ value }: { value?: string }) => value !== undefined);
      expect(JSON.stringify([args, plain])).not.toMatch(/password|:[^/@"]+@/i);
    }
  });

  it('verify their store over TLS where the environment has it', () => {
    const file = '/etc/sluice/store-authority/ca.crt';
    expect(variablesOf('bank-in-production', 'redis')).toMatchObject({
      REDIS_ADDR: 'rediss://redis.redis.svc:6379/0',
      REDIS_EXPORTER_TLS_CA_CERT_FILE: file,
    });
    const uri = new URL(String(variablesOf('bank-in-production', 'mongodb').MONGODB_URI));
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({ tls: 'true', tlsCAFile: file });
    const { args } = containerOf('bank-in-production', 'elasticsearch');
    expect(args).toContain(`--es.ca=${file}`);
    expect(args.find((one: string) => one.startsWith('--es.uri='))).toMatch(/^--es\.uri=https:/);
    for (const store of STORES) {
      const { volumes } = object(fileOf('bank-in-production', store, 'deployment')).spec.template.spec;
      expect(volumes).toEqual([{ name: 'store-authority', configMap: { name: 'store-authority' } }]);
      expect(JSON.stringify(containerOf('bank-in-production', store))).not.toMatch(/insecure|skip/i);
    }
  });

  it('find instances by the store itself: all nodes of the index, and the members of the replica set', () => {
    for (const environment of ['bank', 'bank-in-production']) {
      expect(containerOf(environment, 'elasticsearch').args).toContain('--es.all');
      expect(containerOf(environment, 'mongodb').args).toContain('--no-mongodb.direct-connect');
      expect(String(variablesOf(environment, 'mongodb').MONGODB_URI)).toContain('replicaSet=rs0');
    }
  });

  it('have users that read no content', () => {
    const { storeUsers } = systemIn(bank);
    expect(storeUsers.filter(({ name }) => name.endsWith('-exporter'))).toEqual(
      expect.arrayContaining(
        STORES.map((store) =>
          expect.objectContaining({ store, name: `${store}-exporter`, access: 'statistics' }),
        ),
      ),
    );
    const rules = object('bank/redis/configmap-redis.redis.yaml').data['users.rules'];
    expect(rules).toContain(
      'redis-exporter +@connection -@dangerous +info +slowlog|len +latency|latest +latency|histogram\n',
    );
    const { users } = object('bank/mongodb/perconaservermongodb-mongodb.mongodb.yaml').spec;
    expect(users.find(({ name }: { name: string }) => name === 'mongodb-exporter').roles).toEqual([
      { name: 'clusterMonitor', db: 'admin' },
    ]);
    const { requests } = parseDeclaration(
      object('bank/transactions-index/configmap-transactions-content.transactions-index.yaml').data[
        'content.json'
      ],
    );
    expect(
      requests.find(({ path }) => path === '/_security/user/elasticsearch-exporter')?.body?.roles,
    ).toEqual(['statistics']);
    expect(requests.find(({ path }) => path === '/_security/role/statistics')?.body).toEqual({
      cluster: ['monitor'],
      indices: [{ names: ['transactions*'], privileges: ['monitor', 'view_index_metadata'] }],
    });
  });
});
