/** Three workers, three policies, two scalers and two languages: each follows its own queue and no other. */
import { drain, latch, proportional } from '@sluice/policy';
import { beforeAll, describe, expect, test } from 'vitest';
import { platform } from '../../apps/platform/index.ts';
import { queueWorker } from '../../apps/workloads/queue-worker.ts';
import { sluiceConsumer } from '../../apps/workloads/sluice-consumer.ts';
import type { Environment } from '../../environments/environment.ts';
import { installKeda } from '../../packages/testbed/addons/keda.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { ensurePythonWorkerImage, pythonWorker } from '../../packages/testbed/images/build.ts';
import { expectDrained, type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, provideImages, testEnvironment } from './system.ts';
import { followPods, publishTo } from './worker-logs.ts';

const JOBS = 30;
/** Down soon after the last job: what is measured is the way to 0, not the patience before it. */
const behavior = { scaleDown: { stabilizationWindowSeconds: 10 } };

const letters = queueWorker('letters', {
  ...sluiceConsumer({ workSeconds: 1 }),
  queue: { queue: 'letters', retrySeconds: 30 },
  policy: latch({ replicas: 3, startWhen: { readyAtLeast: 20 } }),
});

/** No service of this repository: another language, no page of its own. */
const thumbs = queueWorker('thumbs', {
  image: pythonWorker,
  ...{ http: false, longestJobSeconds: 5, stopDeadlineSeconds: 20 },
  queue: { queue: 'thumbs', retrySeconds: 30 },
  // 30 jobs x 1 s / (15 s - 5 s) = 3
  policy: drain({ sloSeconds: 15, meanServiceSeconds: 1, podStartSeconds: 5, maxReplicas: 3, behavior }),
});

const parcels = queueWorker('parcels', {
  ...sluiceConsumer({ workSeconds: 1 }),
  queue: { queue: 'parcels', retrySeconds: 30 },
  policy: proportional({ perReplica: 10, maxReplicas: 3, behavior }),
  scaler: 'keda',
});

const environment: Environment = {
  ...testEnvironment,
  name: 'workers',
  addons: testEnvironment.addons.map((name) => (name === 'prometheus-adapter' ? 'keda' : name)),
};
const applications = platform([letters, thumbs, parcels]);
const NAMES = ['letters', 'thumbs', 'parcels'] as const;

let cluster: Cluster;
let seen: Watching;

beforeAll(async () => {
  cluster = await sharedCluster();
  await provideImages(cluster, environment, applications);
  await cluster.image(await ensurePythonWorkerImage());
  await installKeda(cluster);
  await deploySystem(cluster, environment, applications);
  seen = watching(cluster);
});

describe('three workers in one environment', () => {
  test('begin at 0, each with the owner that it chose', async () => {
    for (const name of NAMES) await (await seen.record(name)).reaches(0, 120);
    const ready = ['wait', 'scaledobject/parcels', '--for=condition=Ready', '--timeout=60s'];
    await cluster.kubectl(['-n', 'parcels', ...ready]);
    const permitted = await seen.kubectl(
      ...['get', 'roles', '--all-namespaces', '-o', 'jsonpath={.items[*].metadata.name}'],
    );
    expect(permitted.split(' ').filter((name) => name.startsWith('scale-'))).toEqual([
      'scale-letters',
      'scale-thumbs',
    ]);
  });

  test.each(NAMES)('%s goes from 0 to 3 and back by its own queue, and loses nothing', async (name) => {
    const began = performance.now();
    const since = () => ((performance.now() - began) / 1000).toFixed(1);
    const [worker, ...others] = await Promise.all(
      [name, ...NAMES.filter((one) => one !== name)].map((one) => seen.record(one)),
    );
    const pods = await followPods(cluster, name);
    await publishTo(cluster, name, JOBS);
    await worker?.reaches(3, 120);
    process.stderr.write(`${name}: 3 replicas after ${since()} s\n`);
    await worker?.reaches(0, 300);
    process.stderr.write(`${name}: ${worker?.wanted.join(' -> ')} after ${since()} s\n`);
    const lines = await pods.ended();
    // Each once: a job that a stopping pod requeues undone is done by another.
    expect(lines).toHaveLength(JOBS);
    expect(new Set(lines.map(({ jobId }) => jobId)).size).toBe(JOBS);
    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['succeeded']));
    await expectDrained(seen, name);
    for (const { wanted } of others) expect(wanted).toEqual([0]);
  });
});
