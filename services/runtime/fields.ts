import * as z from 'zod';
import { AuthoritiesError, readAuthorities } from './authorities.ts';
import {
  concealCredentials,
  parseBrokerUrl,
  parseManagementUrl,
  parseRedisUrl,
  parseServerUrl,
  UrlError,
} from './broker-url.ts';
import { messageOf } from './errors.ts';
import { Secret } from './secrets.ts';

/** What is known of a variable besides its type: the rows of a service's table of configuration. */
export interface AboutField {
  readonly meaning: string;
  /** As it is written in the table; absent: the variable must be set, or may be absent. */
  readonly fallback?: string;
  readonly optional?: boolean;
  /** Never shown; may come from NAME_FILE. */
  readonly secret?: boolean;
  /** Shows a value that holds a secret without it. */
  readonly conceal?: (value: string) => string;
  /** What is wrong with the value beside the other variables: `must ...`. Asked at the start, of a value that is set. */
  readonly conflict?: (value: string, environment: Environment) => string | undefined;
}

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const abouts = new WeakMap<object, AboutField>();

/** A variable with what is known of it. */
export function described<T extends z.ZodType>(field: T, about: AboutField): T {
  abouts.set(field, about);
  return field;
}

/** @throws Error for a field that this file did not make: it would be missing from the table. */
export function aboutField(field: z.core.$ZodType | undefined): AboutField {
  const about = field && abouts.get(field);
  if (about === undefined) throw new Error('a variable without a description');
  return about;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
  readonly meaning: string;
}

function numeric(pattern: RegExp, what: string, { min, max, fallback, meaning }: Range) {
  const field = z
    .string()
    .refine((text) => pattern.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be ${what} from ${min} to ${max}`,
    })
    .transform(Number)
    .default(fallback);
  return described(field, { meaning, fallback: String(fallback) });
}

/** A whole number of any unit within [min, max]. */
export const integer = (range: Range) => numeric(/^\d+$/, 'an integer', range);

/** The longest time that a timer of Node keeps, milliseconds: a longer one ends at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A number of seconds, fractions allowed, within [min, max]. @throws Error for a maximum that no timer could keep */
export function seconds(range: Range) {
  if (range.max * 1000 > LONGEST_TIMER_MS) throw new Error(`no timer keeps ${range.max} s`);
  return numeric(/^\d+(\.\d+)?$/, 'a number of seconds', range);
}

/** Text that must be set. */
export const text = (meaning: string) => described(z.string(), { meaning });

/** Text, or another where none is set. */
export const textOr = (fallback: string, meaning: string) =>
  described(z.string().default(fallback), { meaning, fallback });

/** Text that need not be set. */
export const optionalText = (meaning: string) =>
  described(z.string().optional(), { meaning, optional: true });

/** One of some texts; `fallback` where none is set. */
export function oneOf<const V extends readonly [string, ...string[]]>(
  values: V,
  fallback: V[number],
  meaning: string,
) {
  const field = z.enum(values, { error: `must be one of ${values.join(', ')}` }).default(fallback as never);
  return described(field, { meaning, fallback });
}

/** A URL variable, and the scheme of it that is one over TLS. */
interface Verified {
  readonly of: string;
  readonly scheme: 'amqps' | 'https' | 'rediss';
}

/**
 * The path of a file (PEM) of the authorities that verify the peer of a URL. It is read at the start, and set
 * for a URL in clear text it is a fault: who names an authority means that the peer is verified.
 */
export function authoritiesFile({ of, scheme }: Verified, meaning: string) {
  const conflict = (path: string, environment: Environment): string | undefined => {
    const url = environment[of] ?? '';
    // A value that is no URL of either scheme has a fault of its own.
    if (new RegExp(`^${scheme.slice(0, -1)}:`, 'i').test(url))
      return `must be absent where '${of}' is not of scheme ${scheme}`;
    try {
      readAuthorities(path);
      return undefined;
    } catch (error) {
      return error instanceof AuthoritiesError ? error.constraint : messageOf(error);
    }
  };
  return described(z.string().optional(), { meaning, optional: true, conflict });
}

/** One for each variable: what a variable is about is kept by its schema. */
const held = () => z.custom<Secret>((value) => value instanceof Secret, { error: 'must be set' });

/** May be absent; comes from NAME or from the file that NAME_FILE names. */
export const optionalSecret = (meaning: string) =>
  described(held().optional(), { meaning, optional: true, secret: true });

/** Must be set: NAME, or NAME_FILE. */
export const secret = (meaning: string) => described(held(), { meaning, secret: true });

/** A URL that `parse` reads, once and for everyone; its fault is one line without the value's secrets. */
function parsedUrl<T>(parse: (text: string) => T, meaning: string) {
  const field = z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
  return described(field, { meaning, conceal: concealCredentials });
}

/** The URL of a server, as it was given; credentials in it are never shown. */
export const url = (schemes: readonly string[], meaning: string) =>
  parsedUrl((text) => parseServerUrl(text, schemes), meaning);

/** `redis://user:password@host:port/database`, parsed; one server, or a master that Sentinels know. */
export const redisUrl = (meaning: string) =>
  parsedUrl((text) => {
    const parsed = parseRedisUrl(text);
    if (parsed.cluster === undefined) return parsed;
    // All keys of a service are in one slot, and so on one node: a Cluster would add nothing but its failures.
    throw new UrlError('must name no Redis Cluster: this service keeps its keys on one server');
  }, meaning);

/** `amqp://user:password@host:port/vhost`, parsed. */
export const brokerUrl = (meaning: string) => parsedUrl(parseBrokerUrl, meaning);

/** The base of the broker's management API, without a slash at its end. */
export const managementUrl = (meaning: string) => parsedUrl(parseManagementUrl, meaning);

/** Variables that every service reads. */
export const serviceFields = {
  LOG_LEVEL: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'Least severe level that is logged.',
  ),
  HTTP_HOST: textOr('0.0.0.0', 'Address of `/metrics`, `/livez` and `/readyz`.'),
  HTTP_PORT: integer({ min: 0, max: 65_535, fallback: 8080, meaning: 'Their port; 0 takes any free one.' }),
};

/** Variables of a service that others route to: it is unready first, then finishes what is in flight. */
export const drainFields = {
  DRAIN_DELAY_SECONDS: seconds({
    min: 0,
    max: 300,
    fallback: 5,
    meaning: 'How long it serves on after SIGTERM, unready, until nothing routes to it any more.',
  }),
  STOP_DEADLINE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 15,
    meaning: 'How long the requests in flight may take to finish after that.',
  }),
};

/** Variables of the services that speak AMQP. */
export const amqpFields = {
  AMQP_URL: brokerUrl('The broker and its virtual host, `amqp://host:5672/%2f`; may hold credentials.'),
  AMQP_USERNAME: optionalText('User, before the one in the URL.'),
  AMQP_PASSWORD: optionalSecret('Password, before the one in the URL.'),
  AMQP_CA_FILE: authoritiesFile(
    { of: 'AMQP_URL', scheme: 'amqps' },
    'File (PEM) of the authorities that may vouch for the broker of an `amqps` URL, in place of the public ones; read for each connection.',
  ),
  AMQP_HEARTBEAT_SECONDS: integer({
    min: 15,
    max: 30,
    fallback: 20,
    meaning: 'Heartbeat asked of the broker; a connection silent for two of them is given up.',
  }),
};
