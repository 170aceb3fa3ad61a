import { latch } from '@sluice/policy';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { systemIn } from '../../apps/rendering.ts';
import { applications, local } from '../../apps/testing/desired-state.ts';
import { type QueueWorkerValues, queueWorker } from '../../apps/workloads/queue-worker.ts';
import { parseDuration } from '../../packages/contracts/instant.ts';
import { parseUpOptions, planFor } from './options.ts';

test('without options: one run of 100 jobs', () => {
  expect(parseUpOptions([])).toMatchObject({ jobs: 100, runs: 1, everySeconds: undefined });
});

test('--every publishes until Ctrl-C, --runs bounds it', () => {
  expect(parseUpOptions(['--jobs', '2400', '--every', '30s'])).toMatchObject({
    jobs: 2400,
    everySeconds: 30,
    runs: Number.POSITIVE_INFINITY,
  });
  expect(parseUpOptions(['--every', '10m', '--runs', '3'])).toMatchObject({ everySeconds: 600, runs: 3 });
});

test('every fault is reported at once, with the option, its value and the constraint', () => {
  expect(() => parseUpOptions(['--jobs', '0', '--work', 'soon', '--runs', '2'])).toThrow(
    [
      "sluice up: '--jobs' (0) must be a whole number >= 1",
      "sluice up: '--work' (soon) must be a positive duration such as 500ms, 30s, 10m or 1h, at most 596h",
      "sluice up: '--runs' (2) needs '--every'",
    ].join('\n'),
  );
});

test('an unknown option is a fault, not a stack trace', () => {
  expect(() => parseUpOptions(['--job', '5'])).toThrow(/^sluice up: .*--job/);
});

test('a duration is its number times its unit', () => {
  const unit = fc.constantFrom(['ms', 0.001], ['s', 1], ['m', 60], ['h', 3600]) as fc.Arbitrary<
    [string, number]
  >;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), unit, (count, [name, seconds]) => {
      expect(parseDuration(`${count}${name}`)).toBeCloseTo(count * seconds, 9);
    }),
  );
  for (const text of ['', '0s', '5', '-5s', '5 s', 's', '1e3s', '597h', `${'9'.repeat(400)}h`])
    expect(parseDuration(text)).toBeUndefined();
});

test('a worker is named, and one alone', () => {
  expect(parseUpOptions(['thumbnails', '--jobs', '7'])).toMatchObject({ worker: 'thumbnails', jobs: 7 });
  expect(() => parseUpOptions(['one', 'two', 'three'])).toThrow(
    "sluice up: takes one worker, not also 'two three'",
  );
});

const thumbnails = (values: Partial<QueueWorkerValues> = {}) =>
  queueWorker('thumbnails', {
    image: 'ghcr.io/example/thumbnails:1.4.0',
    http: false,
    longestJobSeconds: 20,
    stopDeadlineSeconds: 30,
    queue: { queue: 'images', retrySeconds: 7 },
    policy: latch({ replicas: 5, startWhen: { readyAtLeast: 20 } }),
    ...values,
  });

const program = { command: ['python3', 'thumbnails/main.py'] } as const;

const sources = (values: Partial<QueueWorkerValues> = {}, variables: NodeJS.ProcessEnv = {}) => ({
  environment: local,
  system: systemIn(local, [...applications, thumbnails(values)]),
  variables,
});

const platform = {
  amqpUrl: 'amqp://127.0.0.1:5673/%2F',
  username: 'thumbnails',
  passwordFile: '/run/password',
  queue: 'images',
};
const bundled = (service: string) => ['node', service] as const;

describe('the plan of one worker on this machine', () => {
  it('is of the first worker that jobs come to, where none is named', () => {
    const plan = planFor({}, sources({ local: program }));
    expect([plan.work.name, plan.work.queue, plan.tells]).toEqual(['consumer', 'jobs', true]);
    expect(plan.replica(platform, bundled).command).toEqual(['node', 'consumer']);
  });

  it('runs a program of any language with its own policy and the variables of its container', () => {
    const plan = planFor({ worker: 'thumbnails' }, sources({ local: program }));
    expect([plan.maxReplicas, plan.tells, plan.services]).toEqual([
      5,
      false,
      ['topology', 'publisher', 'scaler', 'board'],
    ]);
    expect(plan.replica(platform, bundled)).toEqual({
      command: ['python3', 'thumbnails/main.py'],
      env: {
        AMQP_URL: 'amqp://127.0.0.1:5673/%2F',
        AMQP_USERNAME: 'thumbnails',
        AMQP_PASSWORD_FILE: '/run/password',
        QUEUE: 'images',
      },
    });
  });

  it('declares its own queue with retry and parking, and no queue of another', () => {
    const { topology } = planFor({ worker: 'thumbnails' }, sources({ local: program }));
    const document = topology('/', { thumbnails: '/t', publisher: '/p', scaler: '/s' });
    expect(document.queues.map(({ name }) => name)).toEqual(['images', 'images.retry', 'images.parked']);
    expect(document.policies.map(({ definition }) => definition['message-ttl'])).toEqual([undefined, 7000]);
    expect(
      document.users.map(({ name, permissions }) => [name, permissions.write, permissions.read]),
    ).toEqual([
      ['thumbnails', '^images$', '^images$'],
      ['publisher', '^images$', '^$'],
      ['scaler', '^$', '^$'],
    ]);
    expect(topology('/', {}).users, 'of a borrowed broker').toEqual([]);
  });

  it('takes what a cluster has in a Secret from a variable or from its local environment', () => {
    const environment = () => ({
      API_KEY: { secret: 'thumbnails', key: 'apiKey' },
      POD: { field: 'metadata.name' },
      BUCKET: 'production-bucket',
    });
    const told = { ...program, environment: { BUCKET: 'a-bucket-here' } };
    const plan = planFor({ worker: 'thumbnails' }, sources({ environment, local: told }, { API_KEY: 'key' }));
    expect(plan.replica(platform, bundled).env).toEqual({
      API_KEY: 'key',
      POD: 'thumbnails',
      BUCKET: 'a-bucket-here',
    });
  });

  it('is refused with every value that this machine does not have', () => {
    const environment = () => ({ A: { secret: 's', key: 'a' }, B: { field: 'status.podIP' } });
    expect(() =>
      planFor({ worker: 'thumbnails', workSeconds: 1 }, sources({ environment, local: program })),
    ).toThrow(
      [
        "sluice up: 'A' of thumbnails has no value on this machine: set it as a variable of this command, or in 'local.environment'",
        "sluice up: 'B' of thumbnails has no value on this machine: set it as a variable of this command, or in 'local.environment'",
        "sluice up: '--work' (1 s) needs a worker that simulates its work; 'thumbnails' does not",
      ].join('\n'),
    );
  });

  it('names what is missing: the program of an image, or the worker itself', () => {
    expect(() => planFor({ worker: 'thumbnails' }, sources())).toThrow(
      `sluice up: 'thumbnails' runs an image alone: say what runs in its place on this machine, such as 'local: { command: ["python3", "thumbnails/main.py"] }'`,
    );
    expect(() => planFor({ worker: 'thumbnail' }, sources())).toThrow(
      "sluice up: there is no worker 'thumbnail' in the local environment; did you mean 'thumbnails'?",
    );
  });

  it('gives a simulated job the time that the command line says', () => {
    const plan = planFor({ workSeconds: 0.5 }, sources());
    expect(plan.replica(platform, bundled).env.WORK_SECONDS).toBe('0.5');
  });
});
