/** What `sluice new worker` writes, untouched: it scales by its queue, and goes with its file. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Application } from '../../apps/application.ts';
import { platform } from '../../apps/platform/index.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { ensurePythonWorkerImage, pythonWorker } from '../../packages/testbed/images/build.ts';
import { exampleCheckout } from '../edits/example.ts';
import { expectDrained, type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, objectsOf, provideImages, testEnvironment } from './system.ts';
import { followPods, publishTo } from './worker-logs.ts';

const NAME = 'thumbnails';
const JOBS = 30;

const copy = exampleCheckout();
const file = join(copy.root, 'apps', 'workloads', `${NAME}.ts`);

let cluster: Cluster;
let seen: Watching;
let withIt: readonly Application[];
const without = platform([]);

beforeAll(async () => {
  const made = copy.sluice('new', 'worker', NAME, '--image', pythonWorker);
  expect([made.code, made.err]).toEqual([0, '']);
  const written: Readonly<Record<string, Application>> = await import(file);
  withIt = platform(Object.values(written));
  cluster = await sharedCluster();
  await provideImages(cluster, testEnvironment, withIt);
  await cluster.image(await ensurePythonWorkerImage());
  await deploySystem(cluster, testEnvironment, withIt);
  seen = watching(cluster);
});

afterAll(() => copy[Symbol.dispose]());

test('it goes from 0 to 5 by its own queue and back to 0, and loses nothing', async () => {
  const worker = await seen.record(NAME);
  await worker.reaches(0, 120);
  const pods = await followPods(cluster, NAME);
  await publishTo(cluster, NAME, JOBS);
  // 30 jobs are more than the 20 that its policy waits for.
  await worker.reaches(5, 120);
  await worker.reaches(0, 300);
  const lines = await pods.ended();
  expect(new Set(lines.map(({ jobId }) => jobId)).size).toBe(JOBS);
  expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['succeeded']));
  await expectDrained(seen, NAME);
});

/** `kind/name`, as kubectl takes it, in its namespace. */
const key = ({ apiVersion, kind, metadata: { namespace = '', name } }: KubernetesObject): string => {
  const [version = '', group] = apiVersion.split('/').reverse();
  return `${namespace} ${group === undefined ? kind : `${kind}.${version}.${group}`}/${name}`;
};

test('without its file nothing of it is left, and the scaler goes on', async () => {
  rmSync(file);
  const wanted = new Set(objectsOf(testEnvironment, without).map(key));
  const gone = objectsOf(testEnvironment, withIt)
    .map(key)
    .filter((one) => !wanted.has(one));
  expect(gone.some((one) => one === ` Namespace/${NAME}`)).toBe(true);
  // Secrets are made once and stay as they are; what Prometheus Operator reads is not served here.
  const isServed = ({ apiVersion }: KubernetesObject): boolean => !apiVersion.includes('.coreos.com/');
  await cluster.apply(objectsOf(testEnvironment, without).filter(isServed));
  for (const one of gone) {
    const [namespace = '', object = ''] = one.split(' ');
    const within = namespace === '' ? [] : ['--namespace', namespace];
    await cluster.kubectl([...within, 'delete', object, '--ignore-not-found', '--timeout=120s'], {
      ...{ seconds: 150, check: !/monitoring\.coreos\.com/.test(object) },
    });
  }
  const named = [
    'get',
    'namespaces,roles,rolebindings,configmaps,networkpolicies',
    '--all-namespaces',
    '-o',
    'json',
  ];
  expect((await cluster.kubectl(named)).stdout).not.toContain(NAME);
  const scaler = ['-n', 'scaler', 'wait', 'deployment/scaler', '--for=condition=Available', '--timeout=120s'];
  await cluster.kubectl(scaler, { seconds: 150 });
});
