import { describe, expect, it } from 'vitest';
import { compileKeda, latch, type Policy, proportional, type RedisSource, refusals } from '../../index.ts';
import { target } from '../../testing/workloads.ts';

const source: RedisSource = {
  ...{ kind: 'redis', url: 'rediss://redis.shop.svc:6380/2', prefix: '{shop}', queue: 'orders' },
  username: 'orders-keda',
};
const compiled = (policy: Policy, from = source, credentials: string | undefined = 'keda-credentials') =>
  compileKeda({ name: 'orders', source: from, target, policy }, { pollSeconds: 5, credentials });

describe('a queue of BullMQ for KEDA', () => {
  it('is a trigger for each key that holds what waits or is in work, as a user whose password is in a Secret', () => {
    const [object, login, name] = compiled(proportional({ perReplica: 20, maxReplicas: 5 })).manifests;
    if (object?.kind !== 'ScaledObject') throw new Error('no ScaledObject comes first');
    expect(object.spec.triggers.map(({ metadata }) => metadata.listName)).toEqual([
      '{shop}:orders:wait',
      '{shop}:orders:prioritized',
      '{shop}:orders:active',
    ]);
    expect(object.spec.triggers[0]).toEqual({
      ...{ type: 'redis', metricType: 'AverageValue', authenticationRef: { name: target.name } },
      metadata: {
        ...{ address: 'redis.shop.svc:6380', listName: '{shop}:orders:wait', databaseIndex: '2' },
        ...{ listLength: '20', activationListLength: '0', enableTLS: 'true' },
      },
    });
    expect([login?.kind, name]).toMatchObject([
      'TriggerAuthentication',
      { kind: 'ConfigMap', data: { username: 'orders-keda' } },
    ]);
  });

  it('asks a server without users and without TLS by its address alone', () => {
    const { username: _, ...open } = { ...source, url: 'redis://redis' };
    const { manifests } = compiled(proportional({ perReplica: 2.7, maxReplicas: 5 }), open);
    expect(manifests).toHaveLength(1);
    expect(JSON.stringify(manifests)).toContain('"address":"redis:6379"');
    expect(JSON.stringify(manifests)).toContain('"listLength":"2"');
    expect(JSON.stringify(manifests)).not.toMatch(/enableTLS|authenticationRef/);
  });

  it('is asked of the master that Sentinels know, where the URL names them', () => {
    const url = 'redis://a:7000,b.shop.svc/1?sentinel=bank';
    const { manifests } = compiled(proportional({ perReplica: 20, maxReplicas: 5 }), { ...source, url });
    const [object] = manifests;
    if (object?.kind !== 'ScaledObject') throw new Error('no ScaledObject comes first');
    expect(object.spec.triggers[0]).toMatchObject({
      type: 'redis-sentinel',
      metadata: { addresses: 'a:7000,b.shop.svc:26379', sentinelMaster: 'bank', databaseIndex: '1' },
    });
    expect(object.spec.triggers[0]?.metadata).not.toHaveProperty('address');
  });

  it('is asked of the nodes of a Redis Cluster, which has no number of a database', () => {
    const url = 'redis://a:7000,b.shop.svc?cluster';
    const { manifests } = compiled(proportional({ perReplica: 20, maxReplicas: 5 }), { ...source, url });
    const [object] = manifests;
    if (object?.kind !== 'ScaledObject') throw new Error('no ScaledObject comes first');
    expect(object.spec.triggers[0]).toMatchObject({
      type: 'redis-cluster',
      metadata: { addresses: 'a:7000,b.shop.svc:6379' },
    });
    for (const name of ['address', 'databaseIndex'])
      expect(object.spec.triggers[0]?.metadata).not.toHaveProperty(name);
  });

  it('is followed about: KEDA takes the highest of the keys where the policy adds them up', () => {
    const { fidelity } = compiled(proportional({ perReplica: 20, maxReplicas: 5 }));
    expect(fidelity.find(({ clause }) => clause === 'perReplica')).toMatchObject({
      fidelity: 'approximate',
      why: expect.stringContaining('takes the highest count where the policy adds them up'),
    });
  });

  it('needs the Secret of its user, and no latch: KEDA does not know that one was open', () => {
    expect(() =>
      compileKeda(
        { name: 'orders', source, target, policy: proportional({ perReplica: 1, maxReplicas: 2 }) },
        { pollSeconds: 5 },
      ),
    ).toThrow("'credentials' must name a Secret where KEDA asks the broker or Redis itself");
    const { manifests, fidelity } = compiled(latch({ replicas: 5, startWhen: { readyAtLeast: 10 } }));
    expect(manifests).toEqual([]);
    expect(refusals(fidelity)).not.toEqual([]);
  });
});
