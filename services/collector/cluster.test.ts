import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, it } from 'vitest';
import { clusterLists } from './cluster.ts';
import { collect } from './collect.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** A real server on loopback, the lists that are read from it, and what it was asked. */
async function apiServer(answer: (response: ServerResponse, path: string) => void) {
  const paths: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    paths.push(url);
    answer(response, url);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: url, skipTLSVerify: true },
    { name: 'collector', token: 'sesame' },
  );
  return { url, paths, lists: clusterLists(config) };
}

const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const snapshotOf = ({ lists }: Pick<Awaited<ReturnType<typeof apiServer>>, 'lists'>) =>
  collect({
    ...{ lists, pageSize: 250, requestMs: 20_000, now: Date.now },
    signal: AbortSignal.timeout(60_000),
  });

/** Every list but that of the runs of analyses, which is not asked for where there is no rollout. */
const LISTS = 16;

describe('a list that the API server answers with', () => {
  it.each([
    ['an empty object', {}],
    ['a Status', { kind: 'Status', apiVersion: 'v1', status: 'Success' }],
    ['null', null],
    ['a list of nothing that says its kind', { kind: 'PodList', apiVersion: 'v1' }],
    ['items of no kind', { items: [] }],
  ])('is missing, not empty, where it is %s', async (_, body) => {
    const snapshot = await snapshotOf(await apiServer((response) => json(response, body)));
    expect(snapshot.missing).toHaveLength(LISTS);
    expect(snapshot.missing.map(({ cause }) => cause)).toEqual(Array(LISTS).fill('failed'));
  });

  it('is missing where it is the page of a proxy', async () => {
    const page = '<html><body>Sign in</body></html>';
    const snapshot = await snapshotOf(
      await apiServer((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page)),
    );
    expect(snapshot.missing).toHaveLength(LISTS);
    expect(JSON.stringify(snapshot)).not.toContain('Sign in');
  });

  it('is empty where it says so', async () => {
    const kind = { nodes: 'NodeMetricsList', rollouts: 'RolloutList', applications: 'ApplicationList' };
    const server = await apiServer((response, path) => {
      const plural = path.split('?')[0]?.split('/').at(-1) ?? '';
      json(response, { kind: kind[plural as keyof typeof kind] ?? 'List', metadata: {}, items: [] });
    });
    expect((await snapshotOf(server)).missing).toEqual([]);
    expect(server.paths).toHaveLength(LISTS);
  });

  it('is not followed elsewhere', async () => {
    const other = await apiServer((response) => json(response, { kind: 'PodList', items: [] }));
    const server = await apiServer((response) =>
      response.writeHead(302, { location: `${other.url}/` }).end(),
    );
    expect((await snapshotOf(server)).missing).toHaveLength(LISTS);
    expect(other.paths).toEqual([]);
  });

  it('is read no further than its bound', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(256 * 1024, ' ');
    const { lists } = await apiServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        sent += chunk.length;
        if (response.writable) response.write(chunk, more);
      };
      more();
    });
    await expect(lists.pods({ limit: 1 }, AbortSignal.timeout(60_000))).rejects.toThrow(
      /more than \d+ bytes/,
    );
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});
