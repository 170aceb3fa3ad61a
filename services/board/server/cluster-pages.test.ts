import { describe, expect, it } from 'vitest';
import type { ClusterSnapshot } from '../../../packages/contracts/cluster-snapshot.ts';
import { type Feed, OnDemand } from '../model/feed.ts';
import type { ClusterHistory } from '../sources/snapshots.ts';
import { board, emptySnapshot, HOSTILE, running } from '../testing/served.ts';

const POD = {
  ...{ namespace: 'shop', name: 'mails-1', created: 1, restarts: 0, images: [] },
  requests: { cpu: 0, memory: 0 },
};

describe('a page of the cluster', () => {
  const node = {
    ...{ name: HOSTILE, created: 1, ready: false, cordoned: false, pressures: [], version: 'v1' },
    allocatable: { cpu: 4, memory: 2 ** 30, pods: 110 },
  };
  const application = {
    ...{ namespace: 'argocd', name: 'shop', created: 1, project: 'workloads', sync: 'OutOfSync' },
    ...{ health: 'Healthy', revision: '8340869aa1', outOfSync: [], outOfSyncCount: 3 },
  };
  const snapshot = {
    ...emptySnapshot,
    takenAt: 1_700_000_000_000,
    nodes: [node],
    applications: [application],
  };
  const feed: Feed<ClusterHistory> = {
    connection: { kind: 'live' },
    value: { latest: snapshot, instants: [snapshot.takenAt, 1_600_000_000_000] },
  };
  const snapshots = new OnDemand<ClusterSnapshot>({
    read: async (instant) => {
      if (instant !== '1600000000000') throw new Error(`${instant}: no such file`);
      return { ...emptySnapshot, takenAt: 1_600_000_000_000 };
    },
    ...{ freshMs: 1000, most: 2, changed: () => {} },
  });
  const state = () => ({ ...running().state(60_000), cluster: feed });
  const site = () =>
    board({ state, lookups: { snapshots }, links: { repository: 'https://github.com/sluice/sluice' } });

  it('shows the latest snapshot, hostile names as text', async () => {
    const { body, statusCode } = await (await site()).get('/cluster-info');
    expect([statusCode, body]).toEqual([200, expect.stringContaining('1 node is not ready')]);
    expect(body).not.toContain('<script>alert');
  });

  it.each([
    ['cannot start', { phase: 'Pending', ready: false, reason: 'ErrImagePull' }, '1 pod fails'],
    ['has failed, and is over', { phase: 'Failed', ready: false }, 'The cluster is well'],
  ])('says first of a pod that it %s', async (_, condition, title) => {
    const pod = { ...POD, ...condition };
    const own = { ...feed, value: { latest: { ...snapshot, nodes: [], pods: [pod] }, instants: [] } };
    const { get } = await board({ state: () => ({ ...running().state(60_000), cluster: own }) });
    expect((await get('/cluster-info')).body).toContain(title);
  });

  it('compares it with an earlier one, and says which it cannot read', async () => {
    const { get } = await site();
    expect((await get('/cluster-info?from=1600000000000')).body).toContain('Added');
    expect((await get('/cluster-info?from=1500000000000')).body).toContain('1500000000000: no such file');
    expect((await get('/cluster-info?at=1600000000000')).body).toContain('0 nodes');
  });

  it('keeps what is looked for, and takes no other value', async () => {
    const { get } = await site();
    const { body } = await get(`/cluster-info?q=${encodeURIComponent(HOSTILE)}&at=../../etc/passwd&evil=1`);
    expect(body).toContain('value="&quot;&gt;&lt;script&gt;');
    expect(body).not.toContain('evil');
  });

  it('says of releases what is not live, and links to its commit', async () => {
    const { body } = await (await site()).get('/releases');
    expect(body).toContain('3 objects are not live');
    expect(body).toContain('href="https://github.com/sluice/sluice/commit/8340869aa1"');
  });

  it.each([
    ['off', undefined, 'The board reads no snapshots'],
    ['loading', { connection: { kind: 'loading' } }, 'Waiting for the first reading'],
    ['empty', { connection: { kind: 'live' }, value: { instants: [] } }, 'No snapshot yet'],
    ['failed', { connection: { kind: 'failed', message: 'no <such> folder' } }, 'no &lt;such&gt; folder'],
    ['stale', { ...feed, connection: { kind: 'stale', message: 'gone' } }, 'cannot be read'],
  ] as const)('says what to do when its source is %s', async (_, cluster, text) => {
    const { get } = await board({ state: () => ({ ...running().state(1), ...(cluster && { cluster }) }) });
    for (const path of ['/cluster-info', '/releases']) {
      const { statusCode, body } = await get(path);
      expect([statusCode, body]).toEqual([200, expect.stringContaining(text)]);
    }
  });

  it('is compressed for a browser that takes it', async () => {
    const { headers } = await (await site()).get('/cluster-info', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
  });
});
