import type { ChannelModel, ConfirmChannel, ConsumeMessage, Message, Options } from 'amqplib';

/** Names what was left out of a message, because it would not fit into a frame. */
export const OMITTED_HEADER = 'x-sluice-omitted-headers';

/** Bytes of headers that are kept. amqplib encodes at most 64 KiB; what is added needs less than 8. */
const MOST_HEADER_BYTES = 48 * 1024;
/** Deeper tables are left out. */
const MOST_DEPTH = 32;
/** Header values of our own, characters; 4 bytes each at most. */
const LONGEST_TEXT = 1000;

/**
 * The past of a message is not kept, so that it starts afresh: what brokers and this service wrote. Nor are CC
 * and BCC: the broker would route a copy to each of them again.
 */
const NOT_KEPT = /^(x-(death|first-death-.*|last-death-.*|delivery-count|acquired-count|sluice-.*)|CC|BCC)$/;

/**
 * The properties of a message that is published again: as they were, but persistent, with nothing that lets it
 * expire, and with headers that fit into a frame.
 * @param own headers that are added
 */
export function republishedProperties(
  { properties }: Pick<ConsumeMessage, 'properties'>,
  own: Readonly<Record<string, string | number>>,
): Options.Publish {
  const { expiration: _, userId: __, headers = {}, ...rest } = properties;
  const { kept, omitted } = fitting(headers);
  return {
    ...rest,
    persistent: true,
    mandatory: true,
    headers: { ...kept, ...own, ...(omitted !== '' && { [OMITTED_HEADER]: omitted }) },
  };
}

/** For a message whose properties cannot be written as they were read: no more than which one it is. */
export function bareProperties(
  { properties }: Pick<ConsumeMessage, 'properties'>,
  own: Readonly<Record<string, string | number>>,
): Options.Publish {
  const { messageId } = properties;
  return {
    ...(isShort(messageId) && { messageId }),
    ...{ persistent: true, mandatory: true, headers: { ...own, [OMITTED_HEADER]: '*' } },
  };
}

/** Bytes that were no UTF-8 were read as longer characters: an id can outgrow its field. */
const isShort = (id: unknown): id is string => typeof id === 'string' && Buffer.byteLength(id) <= 255;

/** @returns text that fits into a header beside others */
export const shortened = (text: string): string => text.slice(0, LONGEST_TEXT);

function fitting(headers: Readonly<Record<string, unknown>>) {
  const kept: Record<string, unknown> = {};
  const omitted: string[] = [];
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (NOT_KEPT.test(name)) continue;
    const size = fieldBytes(name, value, 0);
    if (bytes + size > MOST_HEADER_BYTES) omitted.push(name);
    else {
      kept[name] = value;
      bytes += size;
    }
  }
  // What an earlier time left out stays said.
  const before = headers[OMITTED_HEADER];
  const all = typeof before === 'string' ? [before, ...omitted] : omitted;
  return { kept, omitted: shortened(all.join(', ')) };
}

const fieldBytes = (name: string, value: unknown, depth: number): number =>
  1 + Buffer.byteLength(name) + valueBytes(value, depth);

/** At most what the value takes in a table: one byte of type, and the value. */
function valueBytes(value: unknown, depth: number): number {
  if (depth > MOST_DEPTH) return Number.POSITIVE_INFINITY;
  if (typeof value === 'string') return 5 + Buffer.byteLength(value);
  if (Buffer.isBuffer(value)) return 5 + value.length;
  if (typeof value !== 'object' || value === null) return 10;
  const sizes = Array.isArray(value)
    ? value.map((each) => valueBytes(each, depth + 1))
    : Object.entries(value).map(([name, each]) => fieldBytes(name, each, depth + 1));
  return sizes.reduce((sum, size) => sum + size, 5);
}

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
