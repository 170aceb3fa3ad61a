import type { Options } from 'amqplib';
import { AuthoritiesError, readAuthorities } from '../authorities.ts';
import type { BrokerUrl } from '../broker-url.ts';
import type { Secret } from '../secrets.ts';

/** The variables of `amqpFields`, parsed. */
export interface AmqpConfig {
  readonly AMQP_URL: BrokerUrl;
  readonly AMQP_USERNAME?: string | undefined;
  readonly AMQP_PASSWORD?: Secret | undefined;
  readonly AMQP_CA_FILE?: string | undefined;
  readonly AMQP_HEARTBEAT_SECONDS: number;
}

/** Address and credentials of the broker, and for TLS the authorities (PEM). @default the public authorities */
export interface AmqpTarget extends Options.Connect {
  readonly authorities?: string;
}

/**
 * Address and credentials of the broker; the variables win over the URL. The password is read from its file now:
 * options that are made for each connection follow a password or an authority that is rotated.
 * @throws {SecretError}
 * @throws {AuthoritiesError} when the file of authorities holds none, or the URL is one without TLS
 */
export function connectOptions(config: AmqpConfig): AmqpTarget {
  const { protocol, hostname, port, username = 'guest', password = 'guest', vhost } = config.AMQP_URL;
  return {
    ...{ protocol, hostname, port },
    username: config.AMQP_USERNAME ?? username,
    password: config.AMQP_PASSWORD?.read() ?? password,
    // amqplib decodes it.
    vhost: encodeURIComponent(vhost),
    heartbeat: config.AMQP_HEARTBEAT_SECONDS,
    ...authoritiesOf(config),
  };
}

/** An authority means that the broker must be verified, so a URL in clear text is refused. */
function authoritiesOf({
  AMQP_CA_FILE: file,
  AMQP_URL: { protocol },
}: AmqpConfig): Pick<AmqpTarget, 'authorities'> {
  if (file === undefined) return {};
  if (protocol !== 'amqps')
    throw new AuthoritiesError(file, "must be absent where the broker's URL is not of scheme amqps");
  return { authorities: readAuthorities(file) };
}

/** The broker as it may be logged. */
export const addressOf = ({ hostname, port, vhost }: Options.Connect): string =>
  `${hostname}:${port}/${vhost}`;
