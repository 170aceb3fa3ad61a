import type { ServerResponse } from 'node:http';
import type { Region } from '../view/page.ts';

/** Pages that are the same for everyone who follows them. */
interface Channel {
  readonly render: () => readonly Region[];
  readonly followers: Set<ServerResponse>;
  /** Region -> what was sent last. */
  sent: ReadonlyMap<string, string>;
}

/** A browser that takes no more is let go: it connects again when it can. */
const MOST_WAITING_BYTES = 512 * 1024;
/** Comes before any proxy closes a silent connection. */
const ALIVE_MS = 5000;
/** A stream ends now and then, so that who signed out does not follow on. */
const LONGEST_MS = 15 * 60_000;

/** How many followers the server has at most. */
export interface StreamsOptions {
  readonly limit: number;
}

/**
 * Sends the regions of pages that changed to all who follow them (server-sent events). A page is rendered once for all
 * who see the same one, whatever their number.
 */
export class Streams {
  readonly #limit: number;
  readonly #channels = new Map<string, Channel>();
  readonly #ends = new Map<ServerResponse, NodeJS.Timeout>();
  readonly #alive: NodeJS.Timeout;

  constructor({ limit }: StreamsOptions) {
    this.#limit = limit;
    this.#alive = setInterval(() => this.#sendAlive(), ALIVE_MS).unref();
  }

  get size(): number {
    return this.#ends.size;
  }

  get full(): boolean {
    return this.size >= this.#limit;
  }

  /** Follows a page from now on: first all of it, since it may have changed since it was loaded. */
  follow(key: string, response: ServerResponse, render: () => readonly Region[]): void {
    const channel = this.#channels.get(key) ?? { render, followers: new Set(), sent: new Map() };
    this.#channels.set(key, channel);
    channel.followers.add(response);
    this.#ends.set(response, setTimeout(() => response.end(), LONGEST_MS).unref());
    response.on('close', () => this.#leave(key, channel, response));
    // All who follow a page have seen the same of it: who joins them sees that first.
    if (channel.sent.size === 0) channel.sent = textOf(channel.render());
    response.write(`retry: 2000\n${eventOf('regions', Object.fromEntries(channel.sent))}`);
  }

  /** Something may have changed: sends the parts that did. */
  update(): void {
    for (const channel of this.#channels.values()) {
      const next = textOf(channel.render());
      const changed = [...next].filter(([id, text]) => channel.sent.get(id) !== text);
      channel.sent = next;
      if (changed.length === 0) continue;
      const event = eventOf('regions', Object.fromEntries(changed));
      for (const follower of channel.followers) send(follower, event);
    }
  }

  /** Ends every stream; no further one is to be followed. */
  close(): void {
    clearInterval(this.#alive);
    for (const response of this.#ends.keys()) response.end();
  }

  #sendAlive(): void {
    for (const { followers } of this.#channels.values())
      for (const follower of followers) send(follower, eventOf('alive', {}));
  }

  #leave(key: string, { followers }: Channel, response: ServerResponse): void {
    clearTimeout(this.#ends.get(response));
    this.#ends.delete(response);
    followers.delete(response);
    if (followers.size === 0) this.#channels.delete(key);
  }
}

const textOf = (regions: readonly Region[]): Map<string, string> =>
  new Map(regions.map(({ id, content }) => [id, content.toString()]));

/** JSON holds no line break, which would end an event. */
const eventOf = (type: string, data: Readonly<Record<string, string>>): string =>
  `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

function send(follower: ServerResponse, event: string): void {
  if (follower.writableLength > MOST_WAITING_BYTES) follower.destroy();
  else follower.write(event);
}
