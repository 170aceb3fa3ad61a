import { expect, test, vi } from 'vitest';
import { patient, slowness } from './patience.ts';
import { pauseAfter, until, untilDone } from './until.ts';

const quiet = () => 1;
const busy = () => 5;

test.each([
  ['an idle machine', 0.1, 2, 1],
  ['one with a core for each program', 2, 2, 1],
  ['twenty programs on two cores', 20, 2, 10],
  ['a machine that is stuck', 1000, 2, 20],
])('%s is slower than a quiet one by how many want each core', (_, load, cores, expected) => {
  expect(slowness(load, cores)).toBe(expected);
});

test('patience is never less than was asked for', () => {
  expect(patient(1.5)).toBeGreaterThanOrEqual(2);
});

test('a condition that comes true is returned; a rejection before is none', async () => {
  const condition = vi.fn().mockRejectedValueOnce(new Error('early')).mockResolvedValueOnce(undefined);
  condition.mockResolvedValueOnce(0);
  await expect(until('it', 60, condition, quiet)).resolves.toBe(0);
});

test('what does not come true is named, with the last reason', async () => {
  const never = () => Promise.reject(new Error('no such pod'));
  await expect(until('the pod', 0.25, never, quiet)).rejects.toThrow(
    /waited \d+ s for the pod: Error: no such pod/,
  );
});

test('a second counts for less on a busy machine', async () => {
  const looks = vi.fn(() => false);
  await expect(until('it', 0.1, looks, quiet)).rejects.toThrow();
  const few = looks.mock.calls.length;
  looks.mockClear();
  await expect(until('it', 0.1, looks, busy)).rejects.toThrow();
  expect(looks.mock.calls.length).toBeGreaterThan(few);
});

test.each([
  ['reads a variable', 0, 100],
  ['starts a process', 200, 400],
  ['starts one on a machine that is stuck', 30_000, 2000],
])('the pause after a look that %s is in proportion to it', (_, look, expected) => {
  expect(pauseAfter(look)).toBe(expected);
});

test('a wait for work lasts as long as the work makes progress, however long that takes', async () => {
  let jobs = 0;
  // Longer than it may stand still.
  await untilDone('the jobs', 0.3, () => ({ done: jobs === 8, state: `${jobs++} jobs` }), quiet);
  expect(jobs).toBe(9);
});

test('work that stands still is given up, with its last state', async () => {
  const stuck = () => ({ done: false, state: '399 of 400' });
  await expect(untilDone('the jobs', 0.2, stuck, quiet)).rejects.toThrow(
    "nothing has moved since '399 of 400'",
  );
});
