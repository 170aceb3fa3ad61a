import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from '../../packages/contracts/duration.ts';
import { parseUpOptions } from './options.ts';

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
