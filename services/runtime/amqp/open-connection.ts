import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { type ChannelModel, connect } from 'amqplib';
import { messageOf } from '../errors.ts';
import type { AmqpTarget } from './sessions.ts';

/**
 * Opens a connection.
 * @param life Aborted: the socket is destroyed, whether the connection is still opening, stands, or waits for its end
 * @throws Error with the broker's own reason where it gave one
 */
export async function openConnection(
  { authorities, ...target }: AmqpTarget,
  life: AbortSignal,
): Promise<ChannelModel> {
  const clientProperties = { connection_name: process.env.POD_NAME ?? `${target.username}-${process.pid}` };
  // What the library does not know of it hands to Node's socket: the signal.
  // TLS refuses a peer whose certificate no authority here has signed, or has another name.
  const verified = authorities === undefined ? {} : { ca: authorities };
  const socketOptions = { noDelay: true, clientProperties, signal: life, ...verified };
  const overheard = overhear(() => connect(target, socketOptions));
  try {
    return await overheard.result;
  } catch (error) {
    // The library prints the frame without what is in it.
    if (!/got <ConnectionClose/.test(messageOf(error))) throw error;
    const reason = overheard.closeReason() ?? `virtual host '${target.vhost}'`;
    throw new Error(`the broker refused the connection: ${reason}`, { cause: error });
  } finally {
    overheard.end();
  }
}

interface Overheard<T> {
  readonly result: Promise<T>;
  /** What the broker closed the connection with, as far as it was in clear text. */
  closeReason(): string | undefined;
  end(): void;
}

/** A handshake is far shorter; a peer that speaks something else may send anything. */
const MOST_HEARD = 64 * 1024;

/** Listens in on the socket that is made while `dial` runs. */
function overhear<T>(dial: () => Promise<T>): Overheard<T> {
  const heard: Buffer[] = [];
  let bytes = 0;
  let socket: Socket | undefined;
  const listen = (message: unknown): void => {
    const { socket: made } = message as { readonly socket: Socket };
    socket = made;
    const read = made.read.bind(made);
    made.read = (size?: number) => {
      const chunk: Buffer | null = read(size);
      if (chunk !== null && bytes < MOST_HEARD) {
        heard.push(chunk);
        bytes += chunk.length;
      }
      return chunk;
    };
  };
  subscribe('net.client.socket', listen);
  try {
    return {
      result: dial(),
      closeReason: () => closeReasonIn(Buffer.concat(heard)),
      end: () => void (socket && Reflect.deleteProperty(socket, 'read')),
    };
  } finally {
    unsubscribe('net.client.socket', listen);
  }
}

const METHOD_FRAME = 1;
const CONNECTION_CLOSE = 0x000a_0032;

/**
 * The code and text of the Connection.Close among frames: type, channel, size; class and method; code and short text.
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf
 */
export function closeReasonIn(frames: Buffer): string | undefined {
  let reason: string | undefined;
  for (let at = 0; at + 7 <= frames.length; at += 8 + frames.readUInt32BE(at + 3)) {
    const payload = frames.subarray(at + 7, at + 7 + frames.readUInt32BE(at + 3));
    const closes =
      frames[at] === METHOD_FRAME && payload.length > 6 && payload.readUInt32BE(0) === CONNECTION_CLOSE;
    if (closes) reason = `${payload.readUInt16BE(4)} ${payload.toString('utf8', 7, 7 + (payload[6] ?? 0))}`;
  }
  return reason;
}
