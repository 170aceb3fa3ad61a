import { type Logger, pino, stdSerializers } from 'pino';
import { isSecretName } from './secrets.ts';

export type { Logger } from 'pino';

/** Where log lines go: a stream, or anything that takes a line. */
export interface LogDestinationLike {
  write(line: string): void;
}

/**
 * One JSON line an event on stdout: `msg` is constant, facts are fields, secrets by name are censored. A line is
 * written when the call returns: what a process did before a SIGKILL has been said.
 */
export function createLogger(service: string, level: string, destination?: LogDestinationLike): Logger {
  const options = {
    level,
    base: { service },
    formatters: { log: (facts: Facts) => withoutSecrets(facts) as Facts },
    serializers: { err: (error: Error) => withoutSecrets(stdSerializers.err(error)) },
    hooks: { streamWrite: concealUrls },
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}

type Facts = Record<string, unknown>;
const CENSOR = '[redacted]';
/** Deeper facts are not logged by the services; a depth without end would be a stack without end. */
const DEEPEST = 8;

/** Errors, instants and the like say themselves how they are written. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  if (!isFacts(value)) return value;
  const shown: Facts = {};
  for (const [name, fact] of Object.entries(value))
    shown[name] = fact !== undefined && isSecretName(name) ? CENSOR : withoutSecrets(fact, depth + 1);
  return shown;
}

function isFacts(value: unknown): value is Facts {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isSerializedError(value);
}

/** The object that pino makes of an error has its own prototype. */
const isSerializedError = (value: object): boolean =>
  !(value instanceof Error) && 'stack' in value && 'message' in value;

/** User and password of a URL, wherever in a line it stands: libraries quote what they were given. */
const concealUrls = (line: string): string => line.replace(CREDENTIALS, `$1${CENSOR}@`);
const CREDENTIALS = /\b([a-z][a-z\d+.-]{0,20}:\/\/)[^\s"\\]*@/gi;
