import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@sluice/runtime';
import type { Connection } from './state.ts';

/** What a page shows of one source: the last good answer, and how the source is now. */
export interface Feed<T> {
  readonly connection: Connection;
  /** When the source last answered, epoch milliseconds. */
  readonly readAt?: number;
  readonly value?: T;
}

/** A value that is read again and again. */
export interface FeedOptions<T> {
  /** What it reads, for the log. */
  readonly name: string;
  /** @throws Error whatever the reason, in a sentence that names the source */
  readonly read: (signal: AbortSignal) => Promise<T>;
  readonly everyMs: number;
  /** A value may have changed. */
  readonly changed: () => void;
  /** A source failed, or answers again (undefined); said once at each change. */
  readonly reported: (name: string, failure: string | undefined) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Reads one source again and again, one reading at a time; what it has read stays while the source does not answer. */
export class FeedPoller<T> {
  readonly #options: FeedOptions<T>;
  readonly #stopping = new AbortController();
  #feed: Feed<T> = { connection: { kind: 'loading' } };
  #failure: string | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: FeedOptions<T>) {
    this.#options = options;
  }

  get feed(): Feed<T> {
    return this.#feed;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves when nothing is read any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  /** One reading. Never throws. */
  async poll(): Promise<void> {
    const { read, name, changed, reported, now = Date.now } = this.#options;
    let failure: string | undefined;
    try {
      const value = await read(this.#stopping.signal);
      this.#feed = { connection: { kind: 'live' }, readAt: now(), value };
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      failure = messageOf(error);
      const kind = this.#feed.value === undefined ? 'failed' : 'stale';
      this.#feed = { ...this.#feed, connection: { kind, message: failure } };
    }
    if ((failure === undefined) !== (this.#failure === undefined)) reported(name, failure);
    this.#failure = failure;
    changed();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.poll();
      await sleep(this.#options.everyMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** Values that are read when someone asks for them. */
export interface OnDemandOptions<T> {
  /** @throws Error whatever the reason, in a sentence that names the source */
  readonly read: (key: string, signal: AbortSignal) => Promise<T>;
  /** How long a value is current, milliseconds. */
  readonly freshMs: number;
  /** Values that are kept at once, those that were asked for last: keys come from outside. */
  readonly most: number;
  readonly changed: () => void;
  /** How long who asks waits for a value, milliseconds: a page says that it loads, and fills when it is there. @default 2000 */
  readonly waitMs?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

interface Kept<T> {
  feed: Feed<T>;
  readAt: number;
  reading?: Promise<void> | undefined;
}

const LOADING: Feed<never> = { connection: { kind: 'loading' } };

/**
 * Values that are read when somebody asks for them, each by one request at a time however many ask. Who follows a page
 * asks again at each change, which keeps its value current; what nobody asks for is read no more.
 */
export class OnDemand<T> {
  readonly #options: OnDemandOptions<T>;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #stopping = new AbortController();

  constructor(options: OnDemandOptions<T>) {
    this.#options = options;
  }

  /** The value, read now where there is no current one; what is there where that takes long. Never throws. */
  async get(key: string): Promise<Feed<T>> {
    const kept = this.#touch(key);
    if (!this.#isOld(kept)) return kept.feed;
    const waiting = new AbortController();
    const long = sleep(this.#options.waitMs ?? 2000, undefined, { signal: waiting.signal }).catch(() => {});
    await Promise.race([this.#read(key, kept), long]);
    waiting.abort();
    return kept.feed;
  }

  /** The value that is there; a newer one is on its way where it is old. */
  peek(key: string): Feed<T> {
    const kept = this.#touch(key);
    if (this.#isOld(kept)) void this.#read(key, kept).then(this.#options.changed);
    return kept.feed;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Kept in the order of last use. */
  #touch(key: string): Kept<T> {
    const kept = this.#kept.get(key) ?? { feed: LOADING, readAt: Number.NEGATIVE_INFINITY };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#options.most && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  #isOld({ readAt }: Kept<T>): boolean {
    const { freshMs, now = Date.now } = this.#options;
    return now() - readAt >= freshMs;
  }

  #read(key: string, kept: Kept<T>): Promise<void> {
    kept.reading ??= this.#fetch(key, kept).finally(() => {
      kept.reading = undefined;
    });
    return kept.reading;
  }

  async #fetch(key: string, kept: Kept<T>): Promise<void> {
    const { read, now = Date.now } = this.#options;
    try {
      const value = await read(key, this.#stopping.signal);
      kept.feed = { connection: { kind: 'live' }, readAt: now(), value };
    } catch (error) {
      const kind = kept.feed.value === undefined ? 'failed' : 'stale';
      kept.feed = { ...kept.feed, connection: { kind, message: messageOf(error) } };
    }
    kept.readAt = now();
  }
}
