/** 200 workers in one environment: the API server takes every object of them, and one scaler serves them all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { render } from '../../apps/rendering.ts';
import { local } from '../../apps/testing/environments.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { withWorkers } from '../bench/many-workers.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds } from './crds.ts';
import { sharedCluster } from './shared.ts';

const COUNT = 200;
/** What the API server keeps of one object at most: etcd's limit of a request. */
const MOST_BYTES = 1_048_576;
/** Requests at once; the client has as many connections. */
const AT_ONCE = 4;

interface Rendered {
  readonly path: string;
  readonly text: string;
  readonly object: KubernetesObject;
}

const rendered: readonly Rendered[] = [
  ...render({ environments: [{ ...local, name: 'many' }], applications: withWorkers(COUNT) }),
].map(([path, text]) => ({ path, text, object: parse(text) }));
const ofKind = (kind: string): readonly Rendered[] => rendered.filter(({ object }) => object.kind === kind);

let cluster: Cluster;
let api: Api;

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  await installCrds(
    cluster,
    rendered.map(({ object }) => object),
  );
});

afterAll(() => api?.close());

/** @returns those that are not accepted without a warning, with what the server said */
async function refused(objects: readonly Rendered[], dryRun: boolean): Promise<string[]> {
  const left = [...objects];
  const found: string[] = [];
  const take = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { path, text, object } = next;
      const { status, warnings, body } = await applyStrictly(api, object, { dryRun, text });
      if (status >= 300 || warnings.length > 0)
        found.push(`${path}: ${status} ${warnings.join()} ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return found.sort();
}

test(`the API server accepts every object of ${COUNT} workers, without a warning`, async () => {
  const began = performance.now();
  const namespaces = ofKind('Namespace');
  expect(namespaces.length).toBeGreaterThan(COUNT);
  expect(await refused(namespaces, false)).toEqual([]);
  expect(await refused(ofKind('PriorityClass'), false)).toEqual([]);
  expect(await refused(rendered, true)).toEqual([]);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`${rendered.length} objects of ${COUNT} workers accepted in ${seconds} s\n`);
});

test('one scaler scales them, by a configuration that fits into an object', () => {
  const scalers = ofKind('Deployment').filter(({ object }) => object.metadata.name === 'scaler');
  expect(scalers).toHaveLength(1);
  const [configuration] = ofKind('ConfigMap').filter(({ object }) => object.metadata.name === 'scaler');
  const named = configuration?.text.match(/"name": "worker-\d{3}"/g) ?? [];
  expect(new Set(named).size).toBe(COUNT);
  for (const { path, text } of rendered) expect(Buffer.byteLength(text), path).toBeLessThan(MOST_BYTES);
});

test('a field that no schema has is refused among them too', async () => {
  const [deployment] = ofKind('Deployment').filter(({ object }) => object.metadata.name === 'worker-199');
  if (deployment === undefined) throw new Error('there is no worker-199');
  const typo = { ...deployment, text: deployment.text.replace('  template:', '  templat: {}\n  template:') };
  expect(await refused([typo], true)).toEqual([expect.stringContaining('templat')]);
});
