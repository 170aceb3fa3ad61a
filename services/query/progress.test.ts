import { expect, it } from 'vitest';
import { Looks, type Progress } from './progress.ts';

const progress = (pending: number): Progress => ({ completeUpTo: `at ${pending}`, pending, failed: 0 });

it('says what a look said that is old enough for the index to show it', () => {
  const looks = new Looks(1000);
  expect(looks.newest(0)).toBeUndefined();
  looks.add(0, progress(1));
  expect(looks.newest(999)).toBeUndefined();
  looks.add(500, progress(2));
  expect(looks.newest(1000)?.pending).toBe(1);
  looks.add(1000, progress(3));
  expect(looks.newest(1499)?.pending).toBe(1);
  expect(looks.newest(1500)?.pending).toBe(2);
  expect(looks.newest(60_000)?.pending).toBe(3);
});
