import { expect, it } from 'vitest';
import { attemptsOf, deliveriesLost, FAILED_HEADER, LOST_HEADER, NONE } from './attempts.ts';

const of = (headers: Record<string, unknown>) => attemptsOf({ headers }, 'jobs');
const death = (reason: string, queue: string, count: unknown) => ({ reason, queue, count, exchange: 'jobs' });

it('reads what the retry path wrote', () => {
  expect(of({ [FAILED_HEADER]: 2, [LOST_HEADER]: 1 })).toEqual({ failed: 2, lost: 1 });
});

it('is none for a message that never failed', () => {
  expect(attemptsOf({ headers: undefined }, 'jobs')).toBe(NONE);
  expect(of({ trace: 'a' })).toBe(NONE);
  expect(of({ 'x-death': [death('rejected', 'other', 3)] })).toBe(NONE);
});

it('adds the rejections that an older consumer left in x-death, not the expiries in the retry queue', () => {
  const deaths = [
    death('expired', 'jobs.retry', 4),
    death('rejected', 'jobs', 3),
    death('rejected', 'jobs', 1),
  ];
  expect(of({ [FAILED_HEADER]: 2, 'x-death': deaths })).toEqual({ failed: 6, lost: 0 });
});

it.each([-1_000_000, Number.NaN, 1.5, '3', null, { '!': 'long', value: 3 }])(
  'takes a count of %j for 0: it never lowers the others',
  (count) => {
    expect(of({ [FAILED_HEADER]: count, [LOST_HEADER]: count })).toBe(NONE);
    expect(of({ [FAILED_HEADER]: 2, 'x-death': [death('rejected', 'jobs', count)] }).failed).toBe(2);
  },
);

it.each(['text', [null], [{}], 7])('reads no x-death out of %j', (deaths) => {
  expect(of({ 'x-death': deaths })).toBe(NONE);
});

it('bounds what it adds up', () => {
  const deaths = Array.from({ length: 50 }, () => death('rejected', 'jobs', Number.MAX_SAFE_INTEGER));
  expect(of({ 'x-death': deaths, [LOST_HEADER]: Number.MAX_SAFE_INTEGER })).toEqual({
    ...{ failed: 1_000_000, lost: 1_000_000 },
  });
});

it('counts a redelivery as one lost delivery, or as many as a quorum queue counted', () => {
  expect(deliveriesLost({ headers: undefined })).toBe(1);
  expect(deliveriesLost({ headers: { 'x-delivery-count': 3 } })).toBe(3);
  expect(deliveriesLost({ headers: { 'x-delivery-count': -9 } })).toBe(1);
});
