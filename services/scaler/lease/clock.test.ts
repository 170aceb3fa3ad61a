import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

function adjustable() {
  const now = { monotonic: 500, wall: 1_700_000_000_000 };
  const clock = systemClock(
    () => now.monotonic,
    () => now.wall,
  );
  return { now, clock };
}

it('lets a suspended holder notice the time it lost, by the wall clock', () => {
  const { now, clock } = adjustable();
  const before = clock.upperBound();
  now.wall += 30_000;
  expect(clock.upperBound() - before).toBe(30_000);
});

it('gives a holder nothing for a wall clock that was set back', () => {
  const { now, clock } = adjustable();
  const before = clock.upperBound();
  now.wall -= 3_600_000;
  now.monotonic += 10_000;
  expect(clock.upperBound() - before).toBe(10_000);
});

it('makes no challenger impatient by a wall clock that was set forward', () => {
  const { now, clock } = adjustable();
  const before = clock.lowerBound();
  now.wall += 3_600_000;
  now.monotonic += 2000;
  expect(clock.lowerBound() - before).toBe(2000);
});
