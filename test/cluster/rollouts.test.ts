/** New versions of the web service under constant load, pod by pod: nobody who asks notices. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api as service } from '../../apps/project.ts';
import { installAddon } from '../bed/addons/optional.ts';
import { ingressAddress } from '../bed/addons/traefik.ts';
import type { Cluster } from '../bed/cluster.ts';
import { until } from '../bed/lib/until.ts';
import { closeCluster, openCluster } from '../bed/provide.ts';
import { sendRequests } from './load.ts';
import { serviceIn } from './releases.ts';
import { bedEnvironment, provideService } from './system.ts';

const name = 'rollouts';
const ROLLOUTS = 20;

let cluster: Cluster;
let ingress: string;

const kubectl = async (...args: string[]) =>
  (await cluster.kubectl(['--namespace', service.namespace, ...args], { seconds: 130 })).stdout.trim();

/** Resolves when every pod is of the newest version, and no old one is left. */
const settled = async (): Promise<void> => {
  await kubectl('rollout', 'status', `deployment/${service.name}`, '--timeout=120s');
};

beforeAll(async () => {
  await closeCluster(name);
  cluster = await openCluster({ name });
  await provideService(cluster, 'api');
  await installAddon(cluster, 'traefik');
  // Nothing here measures the load: the count is the test's.
  await cluster.apply(
    serviceIn(bedEnvironment).filter(
      ({ kind }) => !['HorizontalPodAutoscaler', 'ServiceMonitor'].includes(kind),
    ),
  );
  await kubectl('scale', `deployment/${service.name}`, '--replicas=2');
  await settled();
  ingress = await ingressAddress(cluster);
});

afterAll(async () => {
  await closeCluster(name);
});

const load = { host: bedEnvironment.web.hosts.api, path: '/api/orders?customer=4711', perSecond: 50 };

describe('the web service under constant load', () => {
  test(`answers every request through ${ROLLOUTS} rollouts`, { timeout: 900_000 }, async () => {
    await until('the first answer', 30, async () => {
      const { '2xx': answered } = await sendRequests(cluster, { ...load, address: ingress, seconds: 1 });
      return answered > 0;
    });
    const began = Date.now();
    let done = false;
    const rolling = (async () => {
      for (let count = 0; count < ROLLOUTS; count += 1) {
        await kubectl('rollout', 'restart', `deployment/${service.name}`);
        await settled();
      }
    })().finally(() => {
      done = true;
    });
    const answers = { '2xx': 0, non2xx: 0, errors: 0, timeouts: 0 };
    while (!done) {
      const some = await sendRequests(cluster, { ...load, address: ingress, seconds: 10 });
      for (const key of Object.keys(answers) as (keyof typeof answers)[]) answers[key] += some[key];
    }
    await rolling;
    const seconds = (Date.now() - began) / 1000;
    process.stderr.write(`${ROLLOUTS} rollouts in ${seconds.toFixed(0)} s: ${JSON.stringify(answers)}\n`);
    expect(answers).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
    expect(answers['2xx']).toBeGreaterThan(seconds * load.perSecond * 0.8);
    const revision = await kubectl(
      'get',
      'deployment',
      service.name,
      '-o',
      'jsonpath={.metadata.annotations}',
    );
    expect(revision).toContain(`"deployment.kubernetes.io/revision":"${ROLLOUTS + 1}"`);
  });
});
