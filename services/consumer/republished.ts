import type { ConsumeMessage, Options } from 'amqplib';

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
