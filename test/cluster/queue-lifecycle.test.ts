/** The queue story on real pods: dist's own objects, the project's own images, a real broker. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { killLeader, untilAnotherLeads } from './leader.ts';
import { expectDrained, type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, provideImages } from './system.ts';
import { followPods } from './worker-logs.ts';

const JOBS = 100;

let cluster: Cluster;
let seen: Watching;

beforeAll(async () => {
  cluster = await sharedCluster();
  await provideImages(cluster);
  const began = performance.now();
  await deploySystem(cluster);
  seen = watching(cluster);
  process.stderr.write(`the system stands after ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
});

/** Each Event of the scaler for the consumer, in the version that it has now. */
const scalerEvents = async (reason: string): Promise<string[]> => {
  const events = ['-n', 'consumer', 'get', 'events.events.k8s.io'];
  const line = '{range .items[*]}{.reason} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
  const lines = (await seen.kubectl(...events, '-o', `jsonpath=${line}`)).split('\n');
  return lines.filter((one) => one.startsWith(`${reason} `));
};

describe('the queue story', () => {
  test('the scaler closes the Deployment that was made without a count', async () => {
    const consumer = await seen.record();
    await consumer.reaches(0, 90);
  });

  test('jobs take the consumer from 0 to 25 real pods and back, losing and killing none', async () => {
    const began = performance.now();
    const consumer = await seen.record();
    const pods = await followPods(cluster, 'consumer');
    const runs = ['story-1', 'story-2'];
    for (const run of runs) await seen.publish(run);
    await consumer.reaches(25, 60);
    // There is work until the last pod is ready, where pods start slowly.
    await until('25 ready pods', 60, async () => {
      if (consumer.mostReady === 25) return true;
      if ((await seen.queue('jobs')).ready < JOBS) {
        const more = `story-${runs.length + 1}`;
        runs.push(more);
        await seen.publish(more);
        await seen.published(more);
      }
    });
    const readyAfter = (performance.now() - began) / 1000;
    await consumer.reaches(0, 120);
    expect(consumer.wanted).toEqual([0, 25, 0]);
    const lines = await pods.ended();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(`25 pods ready after ${readyAfter.toFixed(1)} s, back at 0 after ${seconds} s\n`);
    expect(new Set(lines.map(({ jobId }) => jobId)).size).toBe(runs.length * JOBS);
    expect(lines.filter(({ redelivered }) => redelivered)).toEqual([]);
    expect(lines.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    await expectDrained(seen, 'jobs');
    for (const reason of ['BacklogReachedMark', 'BacklogDrained'])
      expect(await scalerEvents(reason), reason).not.toEqual([]);
  });

  test('the leader dies in mid-drain: a follower takes over within 20 s and nothing changes', async () => {
    const consumer = await seen.record();
    await seen.publish('leader');
    await consumer.reaches(25, 60);
    const began = performance.now();
    const leader = await killLeader(cluster);
    expect(consumer.wanted).toEqual([0, 25]);
    await untilAnotherLeads(cluster, 25, leader);
    expect((performance.now() - began) / 1000).toBeLessThan(patient(20));
    await consumer.reaches(0, 120);
    expect(consumer.wanted).toEqual([0, 25, 0]);
    await expectDrained(seen, 'jobs');
  });

  test('the broker dies in mid-drain: the count is frozen and says so, and no job is lost', async () => {
    const consumer = await seen.record();
    const before = await scalerEvents('ReadingMissing');
    await seen.publish('broker');
    await consumer.reaches(25, 60);
    await until('a ready pod', 60, () => consumer.mostReady > 0);
    await seen.kubectl('-n', 'broker', 'delete', 'pod', 'broker-0', '--grace-period=0', '--force');
    await until('an Event that says it is frozen', 60, async () =>
      (await scalerEvents('ReadingMissing')).some((event) => !before.includes(event)),
    );
    expect(consumer.wanted).toEqual([0, 25]);
    await cluster.kubectl(
      ['-n', 'broker', 'wait', 'pod/broker-0', '--for=condition=Ready', `--timeout=${patient(90)}s`],
      { seconds: 100 },
    );
    await consumer.reaches(0, 150);
    expect(consumer.wanted).toEqual([0, 25, 0]);
    await seen.published('broker');
    await expectDrained(seen, 'jobs');
  });
});
