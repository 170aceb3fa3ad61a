import { expect, it } from 'vitest';
import { failedAttempts } from './attempts.ts';

const death = (reason: string, queue: string, count: number) => ({ reason, queue, count, exchange: 'jobs' });
const attempts = (deaths: unknown) =>
  failedAttempts({ headers: { 'x-death': deaths } as Record<string, unknown> }, 'jobs');

it('counts the rejections at its own queue, not the expiries in the retry queue', () => {
  expect(attempts([death('expired', 'jobs.retry', 4), death('rejected', 'jobs', 3)])).toBe(3);
});

it('is 0 for a message that never failed', () => {
  expect(failedAttempts({ headers: undefined }, 'jobs')).toBe(0);
  expect(attempts([death('rejected', 'other', 3)])).toBe(0);
});

it.each([['text'], [[null]], [[death('rejected', 'jobs', Number.NaN)]], [{}]])(
  'is 0 where somebody else wrote the header: %j',
  (deaths) => {
    expect(attempts(deaths)).toBe(0);
  },
);
