import { latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import type { QueueWork, System } from '../../../apps/application.ts';
import { loadOf } from './load.ts';

const work: QueueWork = {
  ...{ name: 'thumbnails', queue: 'images', scaled: 'images', meanJobSeconds: 3, stopDeadlineSeconds: 20 },
  policy: latch({ replicas: 5, startWhen: { readyAtLeast: 20 } }),
  environment: () => ({}),
};
const nothing: System = {
  ...{
    connections: [],
    secrets: [],
    queues: [],
    brokerUsers: [],
    storeUsers: [],
    scaled: [],
    work: [work],
    arrivals: [],
  },
  ...{ services: [], adapterRules: [] },
};
const none = { trace: undefined, jobs: undefined, everySeconds: undefined, seconds: undefined };
const options = { ...none, podStartSeconds: 10, seed: 1 };

describe('the load of a worker', () => {
  it('is what is published to its queue, at its own speed', () => {
    const system = { ...nothing, arrivals: [{ queue: 'images', jobs: 40, everySeconds: 120 }] };
    expect(loadOf(work, system, 7, options)).toMatchObject({
      title: 'bursts of 40 jobs every 120 s',
      arrivals: { kind: 'bursts', jobs: 40, everySeconds: 120 },
      timing: { pollSeconds: 7, service: { meanSeconds: 3 }, gracefulStopSeconds: 20, podStartSeconds: 10 },
    });
  });

  it('is assumed where nothing publishes to its queue, and said to be', () => {
    const system = { ...nothing, arrivals: [{ queue: 'jobs', jobs: 40, everySeconds: 120 }] };
    expect(loadOf(work, system, 5, options).title).toBe(
      'bursts of 100 jobs every 600 s (assumed: nothing here publishes to its queue)',
    );
    expect(loadOf(work, system, 5, { ...options, jobs: 7 }).title).toBe('bursts of 7 jobs every 600 s');
  });
});
