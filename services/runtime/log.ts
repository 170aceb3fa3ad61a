import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Where log lines go: a stream, or anything that takes a line. */
export interface LogDestinationLike {
  write(line: string): void;
}

const SECRET_NAMES = [
  'password',
  'passwordFile',
  'authorization',
  'token',
  'secret',
  'AMQP_PASSWORD',
  'AMQP_URL',
];

/**
 * One JSON line an event on stdout: `msg` is constant, facts are fields, secrets by name are censored. A line is
 * written when the call returns: what a process did before a SIGKILL has been said.
 */
export function createLogger(service: string, level: string, destination?: LogDestinationLike): Logger {
  const options = {
    level,
    base: { service },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}
