import { describe, expect, it } from 'vitest';
import { fetchDocument } from './fetch.ts';
import { Target } from './targets.ts';
import { loopback, moduleFrom, serve } from './testing/serve.ts';

const INTERVAL_MS = 15_000;
const module = moduleFrom(`
metrics:
  - { name: jobs_total, type: counter, help: Jobs., path: jobs }
  - { name: waiting, type: gauge, help: Waiting., path: waiting }
`);

/** A target with a real server behind it, on a clock that only the test moves. */
async function watch() {
  let now = 1_000_000;
  let takesMs = 0;
  let answer: object | undefined = { jobs: 1, waiting: 1 };
  const source = await serve((response) =>
    answer === undefined ? response.writeHead(503).end() : response.end(JSON.stringify(answer)),
  );
  const request = { url: new URL(source.origin), guard: loopback, timeoutMs: 5000, maxBytes: 1000 };
  const target = new Target({
    ...{ name: 'shop', module, maxSeries: 10, staleAfterMs: 3 * INTERVAL_MS },
    fetch: () => {
      now += takesMs;
      return fetchDocument(request);
    },
    now: () => now,
  });
  return {
    /** How long the next answers take. */
    takes: (ms: number) => {
      takesMs = ms;
    },
    says: (next: object | undefined) => {
      answer = next;
    },
    pass: (ms: number) => {
      now += ms;
    },
    fetch: () => target.fetch(),
    exposed: () => {
      const series = target.series();
      return (
        series &&
        Object.fromEntries(series.ids.map((id, index) => [id.replace(/\{.*/, ''), series.values[index]]))
      );
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

it('exposes nothing before its first document', async () => {
  await using target = await watch();
  expect(target.exposed()).toBeUndefined();
  expect(await target.fetch()).toMatchObject({ series: 2, invalid: 0, restarted: false });
  expect(target.exposed()).toEqual({ jobs_total: 1, waiting: 1 });
});

describe('a target that fails', () => {
  it('keeps its values for the intervals that are allowed, then exposes none', async () => {
    await using target = await watch();
    await target.fetch();
    target.says(undefined);
    target.pass(INTERVAL_MS);
    expect(await target.fetch()).toMatchObject({
      failure: { reason: 'http-status', message: 'answered 503' },
    });
    target.pass(2 * INTERVAL_MS - 1);
    expect(target.exposed()).toEqual({ jobs_total: 1, waiting: 1 });
    target.pass(1);
    expect(target.exposed()).toBeUndefined();
  });

  it('is as old as the beginning of its last good fetch: what was asked for then is no newer', async () => {
    await using target = await watch();
    target.takes(5000);
    expect(await target.fetch()).toMatchObject({ durationSeconds: 5 });
    target.pass(3 * INTERVAL_MS - 5001);
    expect(target.exposed()).toEqual({ jobs_total: 1, waiting: 1 });
    target.pass(1);
    expect(target.exposed()).toBeUndefined();
  });

  it('is as stale when it is not even fetched any more', async () => {
    await using target = await watch();
    await target.fetch();
    target.pass(3 * INTERVAL_MS);
    expect(target.exposed()).toBeUndefined();
  });

  it('goes on with its counters when it is back, also after a restart', async () => {
    await using target = await watch();
    target.says({ jobs: 100, waiting: 5 });
    await target.fetch();
    target.says(undefined);
    target.pass(10 * INTERVAL_MS);
    await target.fetch();
    target.says({ jobs: 7, waiting: 2 });
    expect(await target.fetch()).toMatchObject({ restarted: true });
    expect(target.exposed()).toEqual({ jobs_total: 107, waiting: 2 });
  });
});

it('does not expose what the newest document does not hold, and goes on when it is there again', async () => {
  await using target = await watch();
  target.says({ jobs: 100, waiting: 5 });
  await target.fetch();
  target.says({ waiting: 6 });
  expect(await target.fetch()).toMatchObject({ series: 1, invalid: 1 });
  expect(target.exposed()).toEqual({ waiting: 6 });
  target.says({ jobs: 3, waiting: 6 });
  await target.fetch();
  expect(target.exposed()).toEqual({ jobs_total: 103, waiting: 6 });
});

it('reports a fault of the exporter itself as a failure too', async () => {
  const fetch = () => Promise.reject(new TypeError('no such thing'));
  const target = new Target({ name: 'shop', module, maxSeries: 10, staleAfterMs: INTERVAL_MS, fetch });
  expect(await target.fetch()).toMatchObject({
    failure: { reason: 'broken', message: 'TypeError: no such thing' },
  });
});
