/** The queue story on real pods: dist's own objects, the project's own images, a real broker. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { at, type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, provideImages } from './system.ts';

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

/** Follows what consumers say until they are gone: their logs go with them. */
function followJobs(): {
  readonly lines: { jobId: string; outcome: string; redelivered: boolean }[];
  done: Promise<unknown>;
} {
  const lines: { jobId: string; outcome: string; redelivered: boolean }[] = [];
  const selector = [
    '-l',
    'app.kubernetes.io/name=consumer',
    '--follow',
    '--tail=-1',
    '--max-log-requests=60',
  ];
  const done = cluster
    .kubectl(['-n', 'consumer', 'logs', ...selector], { check: false, seconds: 600 })
    .then(({ stdout }) => {
      for (const text of stdout.split('\n'))
        if (text.includes('"msg":"job processed"')) lines.push(JSON.parse(text));
    });
  return { lines, done };
}

const scalerEvents = async (): Promise<string[]> =>
  (
    await seen.kubectl(
      '-n',
      'consumer',
      'get',
      'events.events.k8s.io',
      '-o',
      'jsonpath={range .items[*]}{.reason}{"\\n"}{end}',
    )
  )
    .split('\n')
    .filter((reason) => reason !== '');

describe('the queue story', () => {
  test('the scaler closes the Deployment that was made without a count', async () => {
    await seen.watch('0 replicas', at(0), 90);
  });

  test('100 jobs take the consumer from 0 to 25 real pods and back, losing and killing none', async () => {
    const began = performance.now();
    await seen.publish('story-1');
    const up = await seen.watch('25 replicas', at(25), 30);
    expect(up.at(-1)).toBe(25);
    // So that there is work until the last pod is ready, where pods start slowly.
    await seen.publish('story-more');
    await seen.watch('25 ready pods', async () => (await seen.readyPods()) === 25, 60);
    const readyAfter = (performance.now() - began) / 1000;
    const jobs = followJobs();
    const down = await seen.watch('0 replicas', at(0), 120);
    expect(down).toEqual([25, 0]);
    await jobs.done;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(`25 pods ready after ${readyAfter.toFixed(1)} s, back at 0 after ${seconds} s\n`);
    expect(new Set(jobs.lines.map(({ jobId }) => jobId)).size).toBe(2 * JOBS);
    expect(jobs.lines.filter(({ redelivered }) => redelivered)).toEqual([]);
    expect(jobs.lines.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect(await seen.queue('jobs')).toEqual({ ready: 0, unacked: 0 });
    expect(await seen.queue('jobs.parked')).toEqual({ ready: 0, unacked: 0 });
    expect(await scalerEvents()).toEqual(expect.arrayContaining(['BacklogReachedMark', 'BacklogDrained']));
  });

  test('the leader dies in mid-drain: a follower takes over within 20 s and nothing changes', async () => {
    await seen.publish('story-2');
    await seen.watch('25 replicas', at(25), 30);
    const leader = await holder();
    const began = performance.now();
    await seen.kubectl(
      '-n',
      'scaler',
      'delete',
      'pod',
      leader.split('_')[0] ?? '',
      '--grace-period=0',
      '--force',
    );
    const during = await seen.watch('another leader', async () => (await holder()) !== leader, 25);
    expect((performance.now() - began) / 1000).toBeLessThan(patient(20));
    const after = await seen.watch('0 replicas', at(0), 120);
    expect([...during, ...after].filter((count, index, all) => count !== all[index - 1])).toEqual([25, 0]);
    expect(await seen.queue('jobs')).toEqual({ ready: 0, unacked: 0 });
  });

  test('the broker dies in mid-drain: the count is frozen and says so, and no job is lost', async () => {
    await seen.publish('story-3');
    await seen.watch('25 ready pods', async () => (await seen.readyPods()) > 0, 60);
    await seen.kubectl('-n', 'broker', 'delete', 'pod', 'broker-0', '--grace-period=0', '--force');
    const frozen = await seen.watch(
      'an Event that says it is frozen',
      async () => (await scalerEvents()).includes('ReadingMissing'),
      60,
    );
    expect(frozen).toEqual([25]);
    await cluster.kubectl(
      ['-n', 'broker', 'wait', 'pod/broker-0', '--for=condition=Ready', `--timeout=${patient(90)}s`],
      { seconds: 100 },
    );
    expect(await seen.watch('0 replicas', at(0), 150)).toEqual([25, 0]);
    expect(await seen.queue('jobs')).toEqual({ ready: 0, unacked: 0 });
    expect(await seen.queue('jobs.parked')).toEqual({ ready: 0, unacked: 0 });
  });
});

const holder = (): Promise<string> =>
  seen.kubectl('-n', 'scaler', 'get', 'lease', 'scaler', '-o', 'jsonpath={.spec.holderIdentity}');
