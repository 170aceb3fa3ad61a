import { expect, it } from 'vitest';
import { Secret } from '../secrets.ts';
import { addressOf, connectOptions } from './target.ts';

const config = (AMQP_URL: string, rest: object = {}) => ({ AMQP_URL, AMQP_HEARTBEAT_SECONDS: 20, ...rest });

it('takes credentials and virtual host from the URL', () => {
  expect(connectOptions(config('amqp://us%40er:p%2Fw@host:5000/a%2Fb'))).toEqual({
    ...{ protocol: 'amqp', hostname: 'host', port: 5000, username: 'us@er', password: 'p/w' },
    ...{ vhost: 'a%2Fb', heartbeat: 20 },
  });
});

it('prefers the variables to the URL', () => {
  const variables = { AMQP_USERNAME: 'consumer', AMQP_PASSWORD: Secret.fromText('sesame') };
  expect(connectOptions(config('amqp://u:p@host', variables))).toMatchObject({
    ...{ username: 'consumer', password: 'sesame' },
  });
});

it.each([
  ['amqp://host', 5672],
  ['amqps://host', 5671],
])('takes the port of the scheme of %s', (url, port) => {
  expect(connectOptions(config(url)).port).toBe(port);
});

it('takes the brackets off an IPv6 address', () => {
  expect(connectOptions(config('amqp://[::1]:5672/')).hostname).toBe('::1');
});

it('shows an address without credentials', () => {
  expect(addressOf(connectOptions(config('amqp://u:p@host/%2f')))).toBe('host:5672/%2f');
});
