import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDeclaration } from '../../packages/contracts/log-declaration.ts';
import { addonsOf } from '../addons/catalog.ts';
import { bank, local, production, render, withTransactions } from '../testing/desired-state.ts';
import { bankInProduction } from '../testing/environments.ts';
import { objectReader } from '../testing/rendered.ts';

const files = render([bank, bankInProduction], withTransactions);
const object = objectReader(files);
const inProduction = (path: string) => object(`bank-in-production/${path}`);
const onLaptop = (path: string) => object(`bank/${path}`);

const MONGODB = 'mongodb/perconaservermongodb-mongodb.mongodb.yaml';
const INDEX = 'transactions-index/elasticsearch-transactions.transactions-index.yaml';
const PAGE = 'transactions-index/kibana-transactions.transactions-index.yaml';

describe('the stores of transactions', () => {
  it('come with their operators, and neither is there without transactions', () => {
    const namesOf = (environment: Parameters<typeof addonsOf>[0]) =>
      addonsOf(environment).map(({ name }) => name);
    expect(namesOf(bank)).toEqual(expect.arrayContaining(['eck-operator', 'psmdb-operator']));
    expect(namesOf(local)).not.toContain('psmdb-operator');
    const folders = new Set(
      [...render([local, production], withTransactions).keys()].map((path) => path.split('/')[1]),
    );
    for (const name of ['mongodb', 'transactions-index', 'store-authority'])
      expect(folders).not.toContain(name);
  });

  it('are one server each on a laptop, and three of MongoDB and of the index where a drain must stop nothing', () => {
    const [single] = onLaptop(MONGODB).spec.replsets;
    expect(single).toMatchObject({ name: 'rs0', size: 1, affinity: { antiAffinityTopologyKey: 'none' } });
    expect(single.podDisruptionBudget).toBeUndefined();
    expect(onLaptop(MONGODB).spec.unsafeFlags).toEqual({ replsetSize: true, tls: true });
    expect(onLaptop(INDEX).spec.nodeSets[0].count).toBe(1);
    const [replicated] = inProduction(MONGODB).spec.replsets;
    expect(replicated).toMatchObject({
      ...{ size: 3, podDisruptionBudget: { maxUnavailable: 1 } },
      affinity: { antiAffinityTopologyKey: 'kubernetes.io/hostname' },
      volumeSpec: {
        persistentVolumeClaim: { storageClassName: 'gp3', resources: { requests: { storage: '100Gi' } } },
      },
    });
    expect(inProduction(MONGODB).spec.unsafeFlags).toEqual({ replsetSize: false, tls: false });
    expect(inProduction(INDEX).spec.nodeSets[0].count).toBe(3);
    expect([bank, bankInProduction].map(({ name }) => replicasOfIndex(name))).toEqual(['0', '1']);
  });

  it('have a user for each workload, who may do there what it does', () => {
    expect(inProduction(MONGODB).spec.users).toEqual(
      [
        ['mongodb-exporter', 'clusterMonitor', 'admin'],
        ['mongodb-backup', 'read', 'transactions'],
        ['mongodb-restore', 'readWrite', 'transactions'],
        ['process', 'readWrite', 'transactions'],
        ['query', 'read', 'transactions'],
      ].map(([name, role, db]) => ({
        ...{ name, db: 'admin', passwordSecretRef: { name: 'mongodb-users', key: name } },
        roles: [{ name: role, db }],
      })),
    );
    const { requests } = parseDeclaration(
      inProduction('transactions-index/configmap-transactions-content.transactions-index.yaml').data[
        'content.json'
      ],
    );
    const users = requests
      .filter(({ path }) => path.startsWith('/_security/user/'))
      .map(({ path, body }) => [path.split('/').at(-1), body?.roles]);
    expect(users).toEqual([
      ['viewer', ['viewer-of-page']],
      ['elasticsearch-exporter', ['statistics']],
      ['journal', ['write']],
      ['query', ['read']],
    ]);
    const readers = requests.find(({ path }) => path === '/_security/role/read');
    expect(readers?.body).toEqual({
      indices: [{ names: ['transactions*'], privileges: ['read', 'view_index_metadata'] }],
    });
  });

  it('are reached from inside the cluster alone', () => {
    const services = [...files.entries()].filter(
      ([path]) => path.includes('/service-') && /\/(redis|mongodb|transactions-index)\//.test(path),
    );
    for (const [, text] of services) expect(parse(text).spec.type ?? 'ClusterIP').toBe('ClusterIP');
    for (const environment of ['bank', 'bank-in-production']) {
      expect(object(`${environment}/${MONGODB}`).spec.replsets[0].expose.enabled).toBe(false);
      for (const kind of [INDEX, PAGE])
        expect(object(`${environment}/${kind}`).spec.http.service).toBeUndefined();
    }
    const { ingress } = inProduction('mongodb/networkpolicy-mongodb.mongodb.yaml').spec;
    const from = ingress.flatMap((rule: { from: { namespaceSelector?: { matchLabels: object } }[] }) =>
      rule.from.map(
        ({ namespaceSelector }) => Object.values(namespaceSelector?.matchLabels ?? {})[0] ?? 'self',
      ),
    );
    // Its own members, its exporter, and who copies it.
    expect(from.sort()).toEqual(['mongodb', 'mongodb', 'mongodb', 'mongodb-system', 'process', 'query']);
  });
});

/** What journal makes its index with. */
function replicasOfIndex(environment: string): string | undefined {
  const { env } = object(`${environment}/journal/deployment-journal.journal.yaml`).spec.template.spec
    .containers[0];
  return env.find(({ name }: { name: string }) => name === 'INDEX_REPLICAS')?.value;
}

describe('TLS to the stores', () => {
  it('is one value: every server has a certificate of the authority, and answers by it alone', () => {
    expect(inProduction(MONGODB).spec.tls).toEqual({
      mode: 'requireTLS',
      issuerConf: { name: 'store-authority-2026', kind: 'ClusterIssuer', group: 'cert-manager.io' },
    });
    expect(inProduction(INDEX).spec.http.tls.certificate.secretName).toBe('transactions-index-tls');
    const { data } = inProduction('redis/configmap-redis.redis.yaml');
    expect(data['redis.conf']).toContain('port 0\ntls-port 6379\n');
    const { dnsNames, issuerRef } = inProduction('redis/certificate-redis-tls.redis.yaml').spec;
    expect(dnsNames).toContain('redis.redis.svc');
    expect(issuerRef.name).toBe('store-authority-2026');
  });

  it.each([
    ['process/deployment-process.process.yaml', { REDIS: 'rediss:', MONGODB: 'mongodb:' }],
    ['journal/deployment-journal.journal.yaml', { REDIS: 'rediss:', ELASTICSEARCH: 'https:' }],
    ['redis/deployment-queue-exporter.redis.yaml', { REDIS: 'rediss:' }],
  ])('is verified by the client of %s', (path, stores) => {
    const { containers, volumes } = inProduction(path).spec.template.spec;
    const [{ env }] = containers;
    const variableOf = (name: string): string =>
      env.find((one: { name: string }) => one.name === name)?.value ?? '';
    for (const [variables, protocol] of Object.entries(stores)) {
      expect(new URL(variableOf(`${variables}_URL`)).protocol).toBe(protocol);
      expect(variableOf(`${variables}_CA_FILE`)).toBe('/etc/sluice/store-authority/ca.crt');
    }
    expect(volumes).toContainEqual({ name: 'store-authority', configMap: { name: 'store-authority' } });
  });

  it('is asked of MongoDB in the address, and of Redis by the scaler too', () => {
    const { env } = inProduction('process/deployment-process.process.yaml').spec.template.spec.containers[0];
    expect(env.find(({ name }: { name: string }) => name === 'MONGODB_URL').value).toContain('&tls=true');
    const { workloads } = JSON.parse(inProduction('scaler/configmap-scaler.scaler.yaml').data['config.json']);
    const sources = workloads.map(({ source }: { source: object }) => source);
    expect(sources).toContainEqual(
      expect.objectContaining({
        ...{ kind: 'redis', url: 'rediss://redis.redis.svc:6379/0' },
        caFile: '/etc/sluice/store-authority/ca.crt',
      }),
    );
  });

  it('has its authorities in the namespace of each client', () => {
    const { spec } = inProduction('store-authority/bundle-store-authority.yaml');
    const { values } = spec.target.namespaceSelector.matchExpressions[0];
    expect(values).toEqual(
      [
        ...['inject', 'journal', 'mongodb', 'process', 'query', 'redis', 'scaler', 'transactions-index'],
      ].sort(),
    );
  });

  it('is off on a laptop, in every server and client', () => {
    expect(onLaptop(MONGODB).spec.tls).toEqual({ mode: 'disabled' });
    expect(onLaptop(INDEX).spec.http.tls).toEqual({ selfSignedCertificate: { disabled: true } });
    expect(onLaptop('redis/configmap-redis.redis.yaml').data['redis.conf']).toContain('\nport 6379\n');
    const texts = [...files].filter(([path]) => path.startsWith('bank/')).map(([, text]) => text);
    expect(texts.join('')).not.toMatch(/rediss:|tls=true|_CA_FILE/);
  });
});

describe('backups', () => {
  it('are made each night where the environment has a bucket, and kept as long as it says', () => {
    const { backup } = inProduction(MONGODB).spec;
    expect(backup.storages.s3).toEqual({
      type: 's3',
      s3: {
        ...{ bucket: 'sluice-production-transactions', region: 'eu-central-1', prefix: 'mongodb' },
        credentialsSecret: 'mongodb-backups',
      },
    });
    expect(backup.tasks).toEqual([
      expect.objectContaining({
        schedule: '15 1 * * *',
        retention: { type: 'count', count: 30, deleteFromStorage: true },
      }),
    ]);
    const { requests } = parseDeclaration(
      inProduction('transactions-index/configmap-transactions-content.transactions-index.yaml').data[
        'content.json'
      ],
    );
    expect(requests.find(({ path }) => path === '/_slm/policy/transactions-nightly')?.body).toMatchObject({
      retention: { expire_after: '30d' },
    });
    expect(onLaptop(MONGODB).spec.backup.enabled).toBe(false);
  });

  it.each([
    ['redis', '20 * * * *', 'redis-restore'],
    ['mongodb', '45 2 * * *', 'mongodb-restore'],
  ])(
    'of %s are made by a CronJob of two steps, and brought back by one that never runs by itself',
    (store, schedule, restore) => {
      const cronJob = (name: string) => inProduction(`${store}-backup/cronjob-${name}.${store}.yaml`).spec;
      const { spec } = cronJob(`${store}-backup`).jobTemplate.spec.template;
      expect(cronJob(`${store}-backup`)).toMatchObject({ schedule, concurrencyPolicy: 'Forbid' });
      expect(cronJob(`${store}-backup`).suspend).toBeUndefined();
      expect(spec.initContainers.map(({ name }: { name: string }) => name)).toEqual(['dump']);
      expect(spec.containers.map(({ name }: { name: string }) => name)).toEqual(['store']);
      expect(cronJob(restore).suspend).toBe(true);
    },
  );

  it('of Redis are brought to the node that its volume is on, and those of MongoDB have a volume of its size', () => {
    const podOf = (path: string) => inProduction(path).spec.jobTemplate.spec.template.spec;
    const redis = podOf('redis-backup/cronjob-redis-restore.redis.yaml');
    expect(redis.volumes).toContainEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'data-redis-0' },
    });
    expect(
      redis.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector,
    ).toEqual({
      matchLabels: { 'app.kubernetes.io/name': 'redis', 'app.kubernetes.io/instance': 'redis' },
    });
    const { volumes } = podOf('mongodb-backup/cronjob-mongodb-backup.mongodb.yaml');
    expect(volumes.at(-1).ephemeral.volumeClaimTemplate.spec).toMatchObject({
      ...{ storageClassName: 'gp3', resources: { requests: { storage: '100Gi' } } },
    });
  });

  it('are absent where the environment has no bucket', () => {
    expect([...files.keys()].filter((path) => /^bank\/(redis|mongodb)-backup\//.test(path))).toEqual([]);
    expect(onLaptop('redis/configmap-redis.redis.yaml').data['users.rules']).not.toContain('psync');
  });
});
