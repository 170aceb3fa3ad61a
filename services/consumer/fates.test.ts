import { expect, it } from 'vitest';
import { NONE } from './attempts.ts';
import { Fates, factsOf } from './fates.ts';

const address = (routingKey: string) => ({ exchange: 'jobs', routingKey });
const fates = new Fates({
  ...{ maxAttempts: 3, work: address('jobs'), retry: address('jobs.retry'), parking: address('jobs.parked') },
});
const message = (headers: Record<string, unknown> = {}) => ({ properties: { headers } }) as never;

it('retries a failed job with its attempts counted, and parks it at the last', () => {
  expect(fates.failed(new Error('boom'), { failed: 1, lost: 0 })).toEqual({
    ...{ kind: 'retried', to: address('jobs.retry') },
    headers: { 'x-sluice-reason': 'boom', 'x-sluice-failed': 2, 'x-sluice-lost': 0 },
  });
  expect(fates.failed(new Error('boom'), { failed: 1, lost: 1 })).toEqual({
    ...{ kind: 'parked', why: 'attempts_exhausted', to: address('jobs.parked') },
    headers: { 'x-sluice-reason': 'attempts exhausted: boom', 'x-sluice-attempts': 3 },
  });
});

it('parks what is no job at once', () => {
  expect(fates.invalid(new Error('the body must be JSON'), NONE)).toMatchObject({
    ...{ kind: 'parked', why: 'invalid', headers: { 'x-sluice-attempts': 0 } },
  });
});

it('counts a lost delivery before anybody works on it again: first without, then with a delay', () => {
  expect(fates.lost(message(), NONE)).toMatchObject({
    ...{ kind: 'redelivered', to: address('jobs'), headers: { 'x-sluice-lost': 1 } },
  });
  expect(fates.lost(message(), { failed: 0, lost: 1 })).toMatchObject({
    ...{ kind: 'redelivered', to: address('jobs.retry'), headers: { 'x-sluice-lost': 2 } },
  });
  expect(fates.lost(message(), { failed: 1, lost: 1 })).toMatchObject({
    ...{ kind: 'parked', why: 'deliveries_lost', headers: { 'x-sluice-attempts': 3 } },
  });
  expect(fates.lost(message({ 'x-delivery-count': 7 }), NONE).kind).toBe('parked');
});

it('cuts a reason that could outgrow a frame', () => {
  const { headers } = fates.failed(new Error('x'.repeat(200_000)), NONE) as {
    headers: Record<string, unknown>;
  };
  expect(headers['x-sluice-reason']).toBe('x'.repeat(1000));
});

it.each([
  ['text', 'text'],
  [undefined, 'undefined'],
  [Object.create(null), 'an error that cannot be shown'],
  [Object.defineProperty(new Error(), 'message', { value: 7 }), '7'],
])('takes whatever a handler throws: %o', (thrown, reason) => {
  expect(fates.failed(thrown, NONE)).toMatchObject({ headers: { 'x-sluice-reason': reason } });
  expect(factsOf(thrown).message).toBe(reason);
});

it('shows an error whose stack cannot be read without it', () => {
  const error = Object.defineProperty(new Error('boom'), 'stack', {
    get: () => {
      throw new Error('no');
    },
  });
  expect(factsOf(error)).toEqual({ message: 'an error that cannot be shown' });
});
