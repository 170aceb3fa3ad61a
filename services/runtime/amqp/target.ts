import type { Options } from 'amqplib';
import type { BrokerUrl } from '../broker-url.ts';
import type { Secret } from '../secrets.ts';

/** The variables of `amqpFields`, parsed. */
export interface AmqpConfig {
  readonly AMQP_URL: BrokerUrl;
  readonly AMQP_USERNAME?: string | undefined;
  readonly AMQP_PASSWORD?: Secret | undefined;
  readonly AMQP_HEARTBEAT_SECONDS: number;
}

/**
 * Where to connect and as whom; the variables win over what the URL holds. The password is what its file holds now:
 * made anew for each connection, the options follow a password that is rotated.
 * @throws {SecretError}
 */
export function connectOptions(config: AmqpConfig): Options.Connect {
  const { protocol, hostname, port, username = 'guest', password = 'guest', vhost } = config.AMQP_URL;
  return {
    ...{ protocol, hostname, port },
    username: config.AMQP_USERNAME ?? username,
    password: config.AMQP_PASSWORD?.read() ?? password,
    // amqplib decodes it.
    vhost: encodeURIComponent(vhost),
    heartbeat: config.AMQP_HEARTBEAT_SECONDS,
  };
}

/** The broker as it may be logged. */
export const addressOf = ({ hostname, port, vhost }: Options.Connect): string =>
  `${hostname}:${port}/${vhost}`;
