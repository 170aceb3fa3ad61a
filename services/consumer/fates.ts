import type { Channel, ConsumeMessage } from 'amqplib';
import { type Attempts, deliveriesLost, FAILED_HEADER, LOST_HEADER } from './attempts.ts';
import { type Address, type OwnHeaders, shortened } from './confirmed.ts';
import type { ParkingReason } from './metrics.ts';

/**
 * Large bodies that a consumer keeps at a time, bytes. One is in memory two to three times while it is taken and
 * published again: 24 MiB of them stay within a pod of 128 MiB.
 */
export const MOST_LARGE_BYTES = 24 * 1024 * 1024;

/** The header of a message's body among the frames of a channel. */
interface HeaderFrame {
  readonly id: number;
  readonly size: number;
  readonly fields: object;
}

interface Frame {
  readonly id?: number;
  readonly size?: number;
  readonly fields?: object;
  readonly content?: Buffer;
}

type Handler = (this: Channel, frame: Frame) => Handler;

/** What takes the frames of messages in the library; each call gives the next one. */
interface FramedChannel {
  handleMessage: Handler;
}

const CONTENT_HEADER = 60;

/**
 * Bounds what bodies take of the memory. AMQP has no way to refuse a body: one that is longer than `smallBytes`, and
 * for which there is no room among the large ones, is let pass frame by frame, and its message comes with an empty
 * body. `unreadBytes` distinguishes such a message from one whose body is empty.
 */
export class LargeBodies {
  readonly #smallBytes: number;
  readonly #mostBytes: number;
  readonly #unread = new WeakMap<object, number>();
  #room: number;

  constructor(smallBytes: number, mostBytes = MOST_LARGE_BYTES) {
    this.#smallBytes = smallBytes;
    this.#mostBytes = mostBytes;
    this.#room = mostBytes;
  }

  /** Whether there is room for so long a body when no other is here. */
  mayFit(bytes: number): boolean {
    return bytes <= this.#mostBytes;
  }

  /** Bytes of a body that were let pass; undefined: the message is whole. */
  unreadBytes({ properties }: ConsumeMessage): number | undefined {
    return typeof properties === 'object' ? this.#unread.get(properties) : undefined;
  }

  /** The message has ended here: what it took is free again. */
  release({ content }: ConsumeMessage): void {
    if (content.length > this.#smallBytes) this.#room += content.length;
  }

  /** Applies to every later message of the channel, except those that are fetched one by one (`get`). */
  watch(channel: Channel): void {
    const framed = channel as unknown as FramedChannel;
    let inner = framed.handleMessage;
    let passing = 0;
    const handle = (frame: Frame): Handler => {
      if (passing > 0 && frame.content !== undefined) {
        passing -= frame.content.length;
        return handle;
      }
      const large = isHeader(frame) && frame.size > this.#smallBytes;
      if (large && !this.#take(frame.size)) {
        passing = frame.size;
        this.#unread.set(frame.fields, frame.size);
        inner = inner.call(channel, { ...frame, size: 0 });
      } else inner = inner.call(channel, frame);
      return handle;
    };
    framed.handleMessage = handle;
  }

  #take(bytes: number): boolean {
    if (bytes > this.#room) return false;
    this.#room -= bytes;
    return true;
  }
}

const isHeader = (frame: Frame): frame is HeaderFrame => frame.id === CONTENT_HEADER;

/** The outcome of a message: an acknowledgement alone, or a publication to another queue with these headers first. */
export type Fate =
  | { readonly kind: 'succeeded'; readonly to?: undefined }
  | (Elsewhere & { readonly kind: 'retried' | 'redelivered' })
  | (Elsewhere & { readonly kind: 'parked'; readonly why: ParkingReason });

interface Elsewhere {
  readonly to: Address;
  readonly headers: OwnHeaders;
}

/** The job is done. */
export const SUCCEEDED: Fate = { kind: 'succeeded' };

/** How often a job is tried, and where it goes afterwards. */
export interface FatesOptions {
  readonly maxAttempts: number;
  /** The queue itself. */
  readonly work: Address;
  /** The queue whose messages come back after a delay. */
  readonly retry: Address;
  /** The queue of what is not tried again. */
  readonly parking: Address;
}

/** Decides what becomes of messages whose work did not succeed. */
export class Fates {
  readonly #options: FatesOptions;

  constructor(options: FatesOptions) {
    this.#options = options;
  }

  /** No handler can work on it, now or later. */
  invalid(error: unknown, attempts: Attempts): Fate {
    return this.#parked('invalid', `invalid message: ${messageOf(error)}`, attempts);
  }

  /** @param before the attempts before the one that failed */
  failed(error: unknown, before: Attempts): Fate {
    const attempts = { ...before, failed: before.failed + 1 };
    if (this.#exhausted(attempts))
      return this.#parked('attempts_exhausted', `attempts exhausted: ${messageOf(error)}`, attempts);
    return { kind: 'retried', to: this.#options.retry, headers: counted(attempts, messageOf(error)) };
  }

  /**
   * A message that is delivered again may have killed the consumer that held it. The count must outlive the next
   * death, so it is written into the message before the handler works on it: a first time without a delay, for a
   * restarted broker marks whole queues, then with the delay of a retry.
   */
  lost({ properties }: Pick<ConsumeMessage, 'properties'>, before: Attempts): Fate {
    const attempts = { ...before, lost: before.lost + deliveriesLost(properties) };
    const reason = `${attempts.lost} deliveries ended without an answer`;
    if (this.#exhausted(attempts))
      return this.#parked('deliveries_lost', `attempts exhausted: ${reason}`, attempts);
    const { work, retry } = this.#options;
    const to = attempts.lost === 1 ? work : retry;
    return { kind: 'redelivered', to, headers: counted(attempts, reason) };
  }

  #exhausted({ failed, lost }: Attempts): boolean {
    return failed + lost >= this.#options.maxAttempts;
  }

  #parked(why: ParkingReason, reason: string, { failed, lost }: Attempts): Fate {
    const headers = { 'x-sluice-reason': shortened(reason), 'x-sluice-attempts': failed + lost };
    return { kind: 'parked', why, to: this.#options.parking, headers };
  }
}

const counted = ({ failed, lost }: Attempts, reason: string): OwnHeaders => ({
  'x-sluice-reason': shortened(reason),
  [FAILED_HEADER]: failed,
  [LOST_HEADER]: lost,
});

/** A handler may throw anything, and an error may have any message. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return UNSHOWN;
  }
}

const UNSHOWN = 'an error that cannot be shown';

/** An error for the log. */
export function factsOf(error: unknown): { readonly message: string; readonly stack?: string } {
  try {
    return { message: messageOf(error), ...(error instanceof Error && { stack: String(error.stack) }) };
  } catch {
    return { message: UNSHOWN };
  }
}
