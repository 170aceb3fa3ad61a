import type { Channel, ConsumeMessage } from 'amqplib';

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
