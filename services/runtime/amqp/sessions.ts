import { setTimeout as sleepFor } from 'node:timers/promises';
import type { ChannelModel, Options } from 'amqplib';
import { amqp } from '../../../packages/contracts/metrics/catalogue.ts';
import { AuthoritiesError, readAuthorities } from '../authorities.ts';
import type { BrokerUrl } from '../broker-url.ts';
import { DeadlineError, messageOf, unlessAborted, withTimeout } from '../errors.ts';
import type { Logger } from '../log.ts';
import { counter, gauge, type Registry } from '../metrics.ts';
import type { Secret } from '../secrets.ts';
import { openConnection } from './open-connection.ts';

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

/** The longest delay before the first new connection, milliseconds. */
export const FIRST_DELAY_MS = 500;
/** A broker that is back is tried, and reached, within half a minute. */
export const LONGEST_DELAY_MS = 25_000;

/**
 * Full jitter: uniform in [0, min(25 s, 0.5 s x 2^failures)), so that many clients of a broker that comes back
 * do not come at once. After 6 failures the cap is reached: 0.5 s x 2^6 = 32 s.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function reconnectDelayMs(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
}

const PRECONDITION_FAILED = 406;
/** `low disk space`, `disk alarm`, `out of memory`. */
const WANT =
  /\b(low|out of|insufficient|no|not enough)\b[^']*\b(disk|memory)\b|\b(disk|memory)\b[^']*\b(alarm|low|full|exceeded)\b/i;

/**
 * Whether a broker refused to take messages for want of disk or memory. RabbitMQ blocks the connection, which is no
 * error; LavinMQ closes the channel that publishes with 406 and says why. The same code also stands for arguments
 * that do not fit, which quote names.
 */
export function isAlarm(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const text = messageOf(error);
  return (
    (code === PRECONDITION_FAILED || /\b406\b/.test(text)) && WANT.test(text) && !/inequivalent/i.test(text)
  );
}

/** What a supervised connection reports. */
export interface ConnectionMetrics {
  connected(yes: boolean): void;
  blocked(yes: boolean): void;
  lost(error: unknown): void;
}

/** Registers what every service with a connection to the broker reports of it. */
export function connectionMetrics(registry: Registry): ConnectionMetrics {
  const connected = gauge(registry, amqp.connected);
  const blocked = gauge(registry, amqp.blocked);
  const lost = counter(registry, amqp.connectionsLost);
  return {
    connected: (yes) => connected.set(Number(yes)),
    blocked: (yes) => blocked.set(Number(yes)),
    lost: () => lost.inc(),
  };
}

/** What of a connection is supervised. */
export interface ConnectionLike {
  on(event: 'error' | 'close' | 'blocked' | 'unblocked', listener: (detail?: unknown) => void): unknown;
  close(): Promise<void>;
}

/** The broker that is connected to, and who uses the connection. */
export interface SessionsOptions<C extends ConnectionLike = ChannelModel> {
  /** Asked for each connection; what it throws is a connection that failed. */
  readonly target: () => AmqpTarget;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: ConnectionMetrics;
  /** Aborted: no further connection is made, and one that is being made is given up; a session that runs ends by itself. */
  readonly signal: AbortSignal;
  /** How long a session may take to end after the signal, milliseconds. @default without a bound of its own */
  readonly graceMs?: number;
  /** Aborted: the answer to a close is not waited for any more. @default none: it has 2 s */
  readonly deadline?: AbortSignal;
  /** The work on one connection. Resolves when all is done; rejects when it needs another connection. */
  readonly session: (connection: C) => Promise<void>;
  /** Opens a connection, which is destroyed when `life` is aborted. */
  readonly connect?: (target: AmqpTarget, life: AbortSignal) => Promise<C>;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Resolves after the time, or as soon as the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** A connection that lived this long was sound: the next failure counts as the first. */
const SOUND_AFTER_MS = 10_000;
/** The time from the look-up of the name to the end of the handshake. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** What has to be said is said before: only the broker's log differs when its answer is not awaited. */
export const CLOSE_TIMEOUT_MS = 2000;
/** An answer may be late on a busy broker; longer than a heartbeat takes to find that there is none. */
export const ANSWER_TIMEOUT_MS = 30_000;

/** A wait for a broker's answer, such as an opened channel or a declared queue. @throws {DeadlineError} after 30 s */
export const answered = <T>(answer: Promise<T>, what: string): Promise<T> =>
  withTimeout(answer, ANSWER_TIMEOUT_MS, what);

/**
 * Runs the session on a connection, and again on a new one whenever it is lost, with full-jitter delays. An alarm of
 * the broker is waited for at the longest of these delays.
 * Resolves when a session has done its work, or the signal came while there was none.
 * @throws what ended the session, when it failed after the signal
 */
export async function runSessions<C extends ConnectionLike = ChannelModel>(
  options: SessionsOptions<C>,
): Promise<void> {
  const { signal, metrics, now = Date.now } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = now();
    const failure = await attempt(options);
    if (failure === undefined) return;
    const { error, inSession } = failure;
    if (inSession && signal.aborted) throw error;
    failures = inSession && now() - startedAt >= SOUND_AFTER_MS ? 1 : failures + 1;
    metrics.lost(error);
    await pause(error, failures, options);
  }
}

/** Before the next connection. */
async function pause<C extends ConnectionLike>(
  error: unknown,
  failures: number,
  { log, metrics, signal, random = Math.random, sleep = sleepUnless }: SessionsOptions<C>,
): Promise<void> {
  if (signal.aborted) return;
  const alarm = isAlarm(error);
  // An alarm lasts until memory or disk is freed: connecting more often would not help.
  const delayMs = Math.round(
    alarm ? LONGEST_DELAY_MS * (0.5 + random() / 2) : reconnectDelayMs(failures - 1, random),
  );
  const facts = { error: messageOf(error), failures, delayMs };
  if (alarm) log.warn(facts, 'alarm of the broker');
  else log.warn(facts, 'connection lost');
  if (alarm) metrics.blocked(true);
  await sleep(delayMs, signal);
  if (alarm) metrics.blocked(false);
}

interface Failure {
  readonly error: unknown;
  /** It happened after the connection stood. */
  readonly inSession: boolean;
}

async function attempt<C extends ConnectionLike>(options: SessionsOptions<C>): Promise<Failure | undefined> {
  const { log, metrics, signal } = options;
  const open = options.connect ?? (openConnection as unknown as NonNullable<typeof options.connect>);
  const life = new AbortController();
  let connection: C;
  let broker: string;
  try {
    const target = options.target();
    broker = addressOf(target);
    const what = `connecting to ${broker}`;
    const opening = unlessAborted(
      open(target, life.signal),
      signal,
      () => new Error(`${what} was not answered`),
    );
    connection = await withTimeout(opening, CONNECT_TIMEOUT_MS, what);
  } catch (error) {
    life.abort();
    return { error, inSession: false };
  }
  const lost = watch(connection, log, metrics);
  log.info({ broker }, 'connected');
  metrics.connected(true);
  try {
    await Promise.race([options.session(connection), lost, overdue(options, life.signal)]);
    return undefined;
  } catch (error) {
    return { error, inSession: true };
  } finally {
    await end(connection, lost, options.deadline);
    life.abort();
    metrics.connected(false);
    metrics.blocked(false);
  }
}

/**
 * Closes the connection, within a bound: the library never reports the end of a connection whose socket broke after the
 * close was sent, and a broker that is frozen answers none. Closing what is closed already rejects. Past the deadline
 * the close is sent and its answer not waited for.
 */
async function end(connection: ConnectionLike, lost: Promise<never>, deadline?: AbortSignal): Promise<void> {
  const what = 'closing the connection';
  const closing = Promise.race([connection.close(), lost]);
  const inTime = deadline ? unlessAborted(closing, deadline, () => new DeadlineError(what, 0)) : closing;
  await withTimeout(inTime, CLOSE_TIMEOUT_MS, what).catch(() => {});
}

/** Rejects when the signal was longer ago than a session may take to end. */
function overdue<C extends ConnectionLike>(
  { signal, graceMs }: SessionsOptions<C>,
  life: AbortSignal,
): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (graceMs === undefined) return promise;
  const begin = () => {
    const timer = setTimeout(() => reject(new DeadlineError('ending the work', graceMs)), graceMs);
    life.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true, signal: life });
  promise.catch(() => {});
  return promise;
}

/** Rejects when the connection ends, with its error where it has one. */
function watch(
  connection: ConnectionLike,
  log: Pick<Logger, 'info' | 'warn'>,
  metrics: ConnectionMetrics,
): Promise<never> {
  connection.on('blocked', (reason) => {
    metrics.blocked(true);
    log.warn({ reason }, 'connection blocked');
  });
  connection.on('unblocked', () => {
    metrics.blocked(false);
    log.info('connection unblocked');
  });
  const lost = new Promise<never>((_, reject) => {
    connection.on('error', (error) => reject(error));
    connection.on('close', (error) => reject(error ?? new Error('the broker closed the connection')));
  });
  lost.catch(() => {});
  return lost;
}

async function sleepUnless(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch(() => {});
}
