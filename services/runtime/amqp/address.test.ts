import { expect, it } from 'vitest';
import { parseBrokerUrl } from '../broker-url.ts';
import { Secret } from '../secrets.ts';
import { addressOf, connectOptions } from './sessions.ts';

const config = (url: string, rest: object = {}) => ({
  ...{ AMQP_URL: parseBrokerUrl(url), AMQP_HEARTBEAT_SECONDS: 20 },
  ...rest,
});

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

it('shows an address without credentials', () => {
  expect(addressOf(connectOptions(config('amqp://u:p@host/%2f')))).toBe('host:5672/%2F');
});
