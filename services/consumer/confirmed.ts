import type { ChannelModel, ConfirmChannel, ConsumeMessage, Message, Options } from 'amqplib';
import { bareProperties, republishedProperties } from './republished.ts';

/** Where a message goes. */
export interface Address {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Headers that are added to a message. */
export type OwnHeaders = Readonly<Record<string, string | number>>;

/** Publishes a message again. Resolves when the broker has confirmed that a queue holds it. */
export type Republish = (message: ConsumeMessage, to: Address, headers: OwnHeaders) => Promise<void>;

/** Identifies a returned message; the value is the number of its publication. */
const PUBLICATION_HEADER = 'x-sluice-publication';

/** Republishes on a confirm channel of its own, opened when it is first needed and again after it closed. */
export function confirmedOn(connection: Pick<ChannelModel, 'createConfirmChannel'>): Republish {
  const returned = new Set<string>();
  let opening: Promise<OpenChannel> | undefined;
  const channel = async (): Promise<OpenChannel> => {
    opening ??= open(connection, returned);
    try {
      const opened = await opening;
      if (!opened.closed()) return opened;
    } catch (error) {
      // The next message tries again.
      opening = undefined;
      throw error;
    }
    opening = open(connection, returned);
    return opening;
  };
  let publications = 0;
  return async (message, to, headers) => {
    const { publish } = await channel();
    publications += 1;
    const id = String(publications);
    await publish(message, to, { ...headers, [PUBLICATION_HEADER]: id });
    // The broker sends a return before the confirm of the same message.
    if (returned.delete(id))
      throw new Error(`no queue takes '${to.routingKey}' of exchange '${to.exchange}'`);
  };
}

interface OpenChannel {
  readonly publish: Republish;
  closed(): boolean;
}

async function open(
  connection: Pick<ChannelModel, 'createConfirmChannel'>,
  returned: Set<string>,
): Promise<OpenChannel> {
  const channel = await connection.createConfirmChannel();
  let closed = false;
  let cause: Error | undefined;
  channel.on('error', (error: Error) => {
    cause = error;
  });
  channel.on('close', () => {
    closed = true;
  });
  channel.on('return', ({ properties }: Message) =>
    returned.add(String(properties.headers?.[PUBLICATION_HEADER])),
  );
  const publish: Republish = (message, to, headers) =>
    new Promise((resolve, reject) => {
      // A channel that closed knows why; the confirm only knows that it will not come.
      const confirm = (error: unknown) => (error ? reject(cause ?? error) : resolve());
      send(channel, to, message, headers, confirm);
    });
  return { publish, closed: () => closed };
}

function send(
  channel: ConfirmChannel,
  { exchange, routingKey }: Address,
  message: ConsumeMessage,
  headers: OwnHeaders,
  confirm: (error: unknown) => void,
): void {
  const publish = (options: Options.Publish) =>
    channel.publish(exchange, routingKey, message.content, options, confirm);
  try {
    publish(republishedProperties(message, headers));
  } catch {
    // What was read cannot be written. A channel that is closed throws once more.
    publish(bareProperties(message, headers));
  }
}
