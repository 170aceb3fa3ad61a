/** The exporter beside a real broker: what the broker reports in JSON is a metric on the exporter's page. */
import { latch } from '@sluice/policy';
import { beforeAll, describe, expect, test } from 'vitest';
import { withOverrides } from '../../apps/testing/workloads.ts';
import { HTTP_PORT } from '../../charts/pod.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, provideImages, testEnvironment } from './system.ts';

const JOBS = 99;
/** One run waits for another; both are work for all consumers, also where pods take minutes to start. */
const environment = withOverrides(testEnvironment, {
  publisher: { jobsPerRun: JOBS },
  consumer: { workSeconds: 29, policy: latch({ replicas: 25, startWhen: { readyAtLeast: 2 * JOBS } }) },
});

let cluster: Cluster;
let seen: Watching;
let address: string;

beforeAll(async () => {
  cluster = await sharedCluster();
  await provideImages(cluster);
  await deploySystem(cluster, environment);
  seen = watching(cluster);
  const available = ['wait', 'deployment/exporter', '--for=condition=Available', `--timeout=${patient(90)}s`];
  await cluster.kubectl(['-n', 'exporter', ...available], { seconds: 100 });
  address = await seen.kubectl(
    '-n',
    'exporter',
    'get',
    'svc',
    'exporter',
    '-o',
    'jsonpath={.spec.clusterIP}',
  );
});

/** The page, by way of the Service. */
const page = async (): Promise<string> =>
  (await cluster.exec(['curl', '-sf', '-m', '5', `http://${address}:${HTTP_PORT}/metrics`])).stdout;

/** What it says of one queue, and of no other. */
async function countsOf(queue: string): Promise<Record<string, number>> {
  const series = new RegExp(
    `^rabbitmq_queue_(\\w+)\\{queue="${queue}",target="broker",vhost="/"\\} (\\d+)$`,
    'gm',
  );
  return Object.fromEntries(
    [...(await page()).matchAll(series)].map(([, count = '', value]) => [count, Number(value)]),
  );
}

const nothing = { messages_ready: 0, messages_unacked: 0, consumers: 0 };

describe("the broker's queues", () => {
  test('stand on the page one by one, with the jobs that wait in them', async () => {
    const consumer = await seen.record();
    await consumer.reaches(0, 90);
    await seen.publish('exporter-1');
    await until('the jobs', 45, async () => (await countsOf('jobs')).messages_ready === JOBS);
    expect(await countsOf('jobs')).toMatchObject({ ...nothing, messages_ready: JOBS });
    for (const empty of ['jobs.retry', 'jobs.parked']) expect(await countsOf(empty)).toMatchObject(nothing);
    expect(await page()).toMatch(/^sluice_exporter_target_up\{.*target="broker".*\} 1$/m);
    expect(await page()).toMatch(/^sluice_exporter_target_invalid_values\{.*target="broker".*\} 0$/m);
  });

  test('show who takes them', async () => {
    await seen.publish('exporter-2');
    const taken = await until('25 consumers', 150, async () => {
      const counts = await countsOf('jobs');
      return counts.consumers === 25 && (counts.messages_unacked ?? 0) > 0 && counts;
    });
    expect(taken.messages_ready).toBeLessThan(2 * JOBS);
  });
});
