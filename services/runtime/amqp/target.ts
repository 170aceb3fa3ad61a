import type { Options } from 'amqplib';
import type { Secret } from '../secrets.ts';

/** The variables of `amqpFields`, parsed. */
export interface AmqpConfig {
  readonly AMQP_URL: string;
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
  const url = new URL(config.AMQP_URL);
  const protocol = url.protocol.slice(0, -1);
  return {
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (protocol === 'amqps' ? 5671 : 5672),
    username: config.AMQP_USERNAME ?? (decodeURIComponent(url.username) || 'guest'),
    password: config.AMQP_PASSWORD?.read() ?? (decodeURIComponent(url.password) || 'guest'),
    // amqplib decodes it, and reads an empty one as '/'.
    vhost: url.pathname.slice(1),
    heartbeat: config.AMQP_HEARTBEAT_SECONDS,
  };
}

/** The broker as it may be logged. */
export const addressOf = ({ hostname, port, vhost }: Options.Connect): string =>
  `${hostname}:${port}/${vhost}`;
