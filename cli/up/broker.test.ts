import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../packages/contracts/checks.ts';
import { provideBroker } from './broker.ts';

const never = new AbortController().signal;

describe('a broker that is given', () => {
  it('is taken as its URL says, without its credentials in any address', async () => {
    const broker = await provideBroker({ AMQP_URL: 'amqp://u%40x:p%23w@[::1]:5673/a%2Fb' }, never);
    expect(broker).toMatchObject({
      label: 'the broker at [::1]:5673',
      amqpUrl: 'amqp://[::1]:5673/a%2Fb',
      managementUrl: 'http://[::1]:15672',
      username: 'u@x',
      password: 'p#w',
      own: false,
    });
    expect(broker.running()).toBe(true);
  });

  it('is refused with every fault at once, and no secret in it', async () => {
    const env = { AMQP_URL: 'amqp://u:50%off@h', MANAGEMENT_URL: 'http://admin:12#hunter2@host' };
    const error: unknown = await provideBroker(env, never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    const { message } = error as ConfigurationError;
    expect(message).toMatch(/'AMQP_URL' must .*\n.*'MANAGEMENT_URL' must /);
    expect(message).not.toMatch(/50%off|hunter2/);
  });
});
