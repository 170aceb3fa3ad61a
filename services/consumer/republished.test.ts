import type { MessageProperties } from 'amqplib';
import { expect, it } from 'vitest';
import { bareProperties, OMITTED_HEADER, republishedProperties } from './confirmed.ts';

const republished = (properties: object, own = {}) =>
  republishedProperties({ properties: properties as MessageProperties }, own);
const headersOf = (headers: object) => republished({ headers }).headers;

it('keeps body and properties, and lets nothing expire', () => {
  const properties = { messageId: 'r-1', contentType: 'application/json', priority: 4, deliveryMode: 1 };
  expect(republished({ ...properties, expiration: '5', userId: 'u' })).toEqual({
    ...{ ...properties, persistent: true, mandatory: true, headers: {} },
  });
});

it('keeps the headers of others, not the past, nor what would route a copy elsewhere', () => {
  const past = { 'x-death': [{ count: 4 }], 'x-first-death-queue': 'jobs', 'x-delivery-count': 3 };
  const ours = { 'x-sluice-failed': 2, 'x-sluice-reason': 'old' };
  expect(headersOf({ trace: 't', ...past, ...ours, CC: ['jobs'], BCC: ['jobs'] })).toEqual({ trace: 't' });
});

it('adds its own', () => {
  expect(republished({ headers: { trace: 't' } }, { 'x-sluice-failed': 3 }).headers).toEqual({
    ...{ trace: 't', 'x-sluice-failed': 3 },
  });
});

it.each([
  ['text', 'x'.repeat(70_000)],
  ['text of many bytes a character', '€'.repeat(17_000)],
  ['bytes', Buffer.alloc(50_000)],
  ['a table', { a: { b: 'x'.repeat(50_000) } }],
  ['an array', Array.from({ length: 6000 }, (_, index) => index)],
  ['a table that is too deep', JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`)],
])('leaves out %s that would outgrow a frame, and says so', (_, large) => {
  expect(headersOf({ large, trace: 't' })).toEqual({ trace: 't', [OMITTED_HEADER]: 'large' });
});

it('leaves out no more than it must of many headers', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`h${index}`, 'x'.repeat(1000)]));
  const headers = headersOf(many) ?? {};
  expect(Object.keys(headers).length).toBeGreaterThan(45);
  expect(headers[OMITTED_HEADER]).toMatch(/^h\d+, h\d+, .*h99$/);
  expect(JSON.stringify(headers).length).toBeLessThan(55_000);
});

it('goes on saying what was left out before', () => {
  expect(headersOf({ [OMITTED_HEADER]: 'large', trace: 't' })).toEqual({
    trace: 't',
    [OMITTED_HEADER]: 'large',
  });
});

it('reduces a message that cannot be written to which one it is', () => {
  const bare = (messageId: string) =>
    bareProperties({ properties: { messageId } as MessageProperties }, { why: 1 });
  const rest = { persistent: true, mandatory: true, headers: { why: 1, [OMITTED_HEADER]: '*' } };
  expect(bare('r-1')).toEqual({ messageId: 'r-1', ...rest });
  expect(bare('\ufffd'.repeat(200))).toEqual(rest);
});
