import { setTimeout as sleepFor } from 'node:timers/promises';
import { type ChannelModel, connect, type Options } from 'amqplib';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { reconnectDelayMs } from './backoff.ts';
import type { ConnectionMetrics } from './metrics.ts';
import { addressOf } from './target.ts';

/** What of a connection is supervised. */
export interface ConnectionLike {
  on(event: 'error' | 'close' | 'blocked' | 'unblocked', listener: (detail?: unknown) => void): unknown;
  close(): Promise<void>;
}

export interface SessionsOptions<C extends ConnectionLike = ChannelModel> {
  /** Asked for each connection; what it throws is a connection that failed. */
  readonly target: () => Options.Connect;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: ConnectionMetrics;
  /** Aborted: no further connection is made; a session that runs ends by itself. */
  readonly signal: AbortSignal;
  /** The work on one connection. Resolves when all is done; rejects when it needs another connection. */
  readonly session: (connection: C) => Promise<void>;
  readonly connect?: (target: Options.Connect) => Promise<C>;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Resolves after the time, or as soon as the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** A connection that lived this long was sound: the next failure counts as the first. */
const SOUND_AFTER_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs the session on a connection, and again on a new one whenever it is lost, with full-jitter delays.
 * Resolves when a session has done its work, or the signal came while there was none.
 * @throws what ended the session, when it failed after the signal
 */
export async function runSessions<C extends ConnectionLike = ChannelModel>(
  options: SessionsOptions<C>,
): Promise<void> {
  const { log, signal, metrics, random = Math.random, sleep = sleepUnless, now = Date.now } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = now();
    const failure = await attempt(options);
    if (failure === undefined) return;
    if (failure.inSession && signal.aborted) throw failure.error;
    metrics.lost(failure.error);
    if (now() - startedAt >= SOUND_AFTER_MS && failure.inSession) failures = 0;
    const delayMs = Math.round(reconnectDelayMs(failures, random));
    failures += 1;
    log.warn({ error: messageOf(failure.error), failures, delayMs }, 'connection lost');
    await sleep(delayMs, signal);
  }
}

interface Failure {
  readonly error: unknown;
  /** It happened after the connection stood. */
  readonly inSession: boolean;
}

async function attempt<C extends ConnectionLike>(options: SessionsOptions<C>): Promise<Failure | undefined> {
  const { session, log, metrics } = options;
  const open = options.connect ?? (openConnection as unknown as (target: Options.Connect) => Promise<C>);
  let connection: C;
  let target: Options.Connect;
  try {
    target = options.target();
    connection = await open(target);
  } catch (error) {
    return { error, inSession: false };
  }
  const lost = watch(connection, log, metrics);
  log.info({ broker: addressOf(target) }, 'connected');
  metrics.connected(true);
  try {
    await Promise.race([session(connection), lost]);
    return undefined;
  } catch (error) {
    return { error, inSession: true };
  } finally {
    // Closing what is closed already rejects.
    await connection.close().catch(() => {});
    metrics.connected(false);
    metrics.blocked(false);
  }
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

const openConnection = (target: Options.Connect): Promise<ChannelModel> =>
  connect(target, {
    timeout: CONNECT_TIMEOUT_MS,
    noDelay: true,
    clientProperties: { connection_name: process.env.POD_NAME ?? `${target.username}-${process.pid}` },
  });

async function sleepUnless(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch(() => {});
}
