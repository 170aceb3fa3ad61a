import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LONGEST_DELAY_MS, reconnectDelayMs } from './sessions.ts';

it('doubles its bound with every failure, up to 25 s', () => {
  const bounds = [0, 1, 2, 5, 6, 7, 2000].map((failures) => reconnectDelayMs(failures, () => 1));
  // 0.5 s x 2^5 = 16 s; 0.5 s x 2^6 = 32 s is over the cap.
  expect(bounds).toEqual([500, 1000, 2000, 16_000, 25_000, 25_000, 25_000]);
});

it('takes any delay below the bound, 0 included', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(100), random, (failures, drawn) => {
      const delay = reconnectDelayMs(failures, () => drawn);
      expect(delay).toBe(drawn * reconnectDelayMs(failures, () => 1));
      expect(delay).toBeLessThan(LONGEST_DELAY_MS);
    }),
  );
});
