import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { concealCredentials } from './broker-url.ts';
import { parseConfig } from './config.ts';
import { aboutField, amqpFields, managementUrl, seconds, secret } from './fields.ts';

// In the alphabet of neither host nor scheme, so that a hit is a leak.
const password = fc.stringMatching(/^[A-Z]{12}$/);

describe('a URL that is shown', () => {
  it.each(['amqp', 'https', 'ftp'])('keeps scheme %s, host and path, never the password', (scheme) => {
    fc.assert(
      fc.property(password, (hidden) => {
        const shown = concealCredentials(`${scheme}://user:${hidden}@broker:5000/jobs?token=${hidden}`);
        expect(shown).toBe(`${scheme}://broker:5000/jobs`);
      }),
    );
  });

  it.each([
    'PASSWORD',
    'user:PASSWORD@broker:5672',
    'amqp:user:PASSWORD@broker',
    'amqp:/user:PASSWORD@broker/%2f',
    '//user:PASSWORD@broker',
  ])('is not shown at all where it names no host: %s', (value) => {
    expect(concealCredentials(value)).toBe('not a URL');
  });
});

it('refuses a URL without a host, and does not show it: its path would be logged as the virtual host', () => {
  const AMQP_URL = 'amqp:/user:sesame@broker';
  expect(() => parseConfig(z.object(amqpFields), { AMQP_URL })).toThrow(
    "'AMQP_URL' (not a URL) must be a URL of scheme amqp or amqps",
  );
});

it.each([
  [
    'AMQP_URL',
    'amqp://u:50%sesame@h',
    "(amqp://h) must be percent-encoded UTF-8: a '%' in the password is %25",
  ],
  [
    'AMQP_URL',
    'amqp://monitor:20#sesame@h',
    "(not a URL) must write '#', '/', '?', '@' and '%' in user and password as",
  ],
  ['AMQP_URL', 'localhost:5672', '(not a URL) must be a URL of scheme amqp or amqps'],
  [
    'AMQP_URL',
    'amqp://h/jobs/more',
    "(amqp://h/jobs/more) must have one path segment, the virtual host; a '/' in it is %2F",
  ],
  [
    'MANAGEMENT_URL',
    'http://admin:12#sesame@host',
    "(not a URL) must write '#', '/', '?', '@' and '%' in user and password as",
  ],
])('a fault of %s is one line that names it and holds no password: %s', (name, value, fault) => {
  const schema = z.object({ ...amqpFields, MANAGEMENT_URL: managementUrl('the API') });
  const valid = { AMQP_URL: 'amqp://host', MANAGEMENT_URL: 'http://host' };
  const parse = () => parseConfig(schema, { ...valid, [name]: value });
  expect(parse).toThrow(`invalid configuration: '${name}' ${fault}`);
  expect(parse).not.toThrow('sesame');
});

it('refuses to document a variable without a description', () => {
  expect(aboutField(amqpFields.AMQP_PASSWORD)).toMatchObject({ secret: true, optional: true });
  expect(() => aboutField(z.string())).toThrow('a variable without a description');
});

it('takes no range of seconds that a timer could not keep: it would end at once', () => {
  const range = { min: 0, fallback: 1, meaning: 'a pause' };
  expect(() => seconds({ ...range, max: 2_147_484 })).toThrow('no timer keeps 2147484 s');
  expect(() => seconds({ ...range, max: 2_147_483 })).not.toThrow();
});

it('two secrets keep a meaning each', () => {
  const [first, second] = [secret('Opens the door.'), secret('Opens the window.')];
  expect([first, second].map((one) => aboutField(one).meaning)).toEqual([
    'Opens the door.',
    'Opens the window.',
  ]);
});
