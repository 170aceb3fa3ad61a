import { logRecords } from '../../packages/contracts/log-store.ts';

/** What tells a line from every other. */
export interface LineId {
  /** Namespace, pod, container and stream. */
  readonly source: string;
  /** The pod alone. */
  readonly pod: string;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** Where it begins in its file, bytes. */
  readonly position: string;
}

const { line } = logRecords['victoria-logs'];

/** The parts of an identity that are text, in the order of `source`. */
export const SOURCE_FIELDS = [line.namespace, line.pod, line.container, line.stream] as const;

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

interface Field {
  readonly number: number;
  /** All of it, with its tag. */
  readonly raw: Buffer;
  /** The message or text that it holds; the number of another field. */
  readonly value: Buffer | bigint;
}

/** Reads a varint. @returns it, and where the next byte is */
function varint(from: Buffer, at: number): [value: bigint, next: number] {
  let value = 0n;
  for (let index = at, shift = 0n; index < from.length && shift < 70n; index++, shift += 7n) {
    const byte = from.readUInt8(index);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, index + 1];
  }
  throw new RangeError('a number that does not end');
}

/** The value of a field. @returns it, and where the next field is @throws {RangeError} for what is none */
function valueAt(message: Buffer, wire: number, at: number): [value: Buffer | bigint, next: number] {
  switch (wire) {
    case WIRE.varint:
      return varint(message, at);
    case WIRE.fixed64:
      return [message.readBigUInt64LE(at), at + 8];
    case WIRE.fixed32:
      return [BigInt(message.readUInt32LE(at)), at + 4];
    case WIRE.bytes: {
      const [length, from] = varint(message, at);
      const end = from + Number(length);
      return [message.subarray(from, end), end];
    }
    default:
      throw new RangeError(`a field of wire type ${wire}`);
  }
}

/** The fields of a message of protobuf. @throws {RangeError} for what is none */
function* fieldsOf(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length; ) {
    const [tag, begin] = varint(message, at);
    const [value, end] = valueAt(message, Number(tag & 7n), begin);
    if (end > message.length) throw new RangeError('a field that is cut');
    yield { number: Number(tag >> 3n), raw: message.subarray(at, end), value };
    at = end;
  }
}

/** The messages that are in the fields of one number. */
function* messagesIn(message: Buffer, wanted: number): Generator<Buffer> {
  for (const { number, value } of fieldsOf(message))
    if (number === wanted && typeof value !== 'bigint') yield value;
}

const textOf = (value: Buffer | bigint): string => String(value);

/** The attributes of a message that are text or whole numbers. @param number The field that holds them */
function attributesOf(message: Buffer, number: number): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const pair of messagesIn(message, number)) {
    const [key = ''] = [...messagesIn(pair, 1)].map(textOf);
    const any = [...messagesIn(pair, 2)].flatMap((value) => [...fieldsOf(value)]);
    const value = any.find(({ number: kind }) => kind === ANY.text || kind === ANY.integer)?.value;
    if (value !== undefined) attributes.set(key, textOf(value));
  }
  return attributes;
}

/** Fields of AnyValue. */
const ANY = { text: 1, integer: 3 } as const;

/** Fields of OTLP that are read. @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/logs/v1/logs.proto */
const OTLP = {
  resourceLogs: 1,
  resource: 1,
  scopeLogs: 2,
  records: 2,
  time: 1,
  attributes: 6,
  ofResource: 1,
} as const;

/** @returns undefined for a record that is no line of a file, such as an event */
function lineIdOf(record: Buffer, resource: ReadonlyMap<string, string>): LineId | undefined {
  const attributes = attributesOf(record, OTLP.attributes);
  const time = [...fieldsOf(record)].find(({ number }) => number === OTLP.time)?.value;
  const pod = resource.get(line.pod);
  const position = attributes.get(line.position);
  if (typeof time !== 'bigint' || time === 0n || pod === undefined || position === undefined)
    return undefined;
  const source = SOURCE_FIELDS.map((name) => resource.get(name) ?? attributes.get(name) ?? '').join(' ');
  return { source, pod, time, position };
}

/** A message whose fields of one number are changed, or left out where `change` returns none. */
function rewritten(message: Buffer, wanted: number, change: (inner: Buffer) => Buffer | undefined): Buffer {
  const parts = [...fieldsOf(message)].flatMap(({ number, raw, value }) => {
    if (number !== wanted || typeof value === 'bigint') return [raw];
    const changed = change(value);
    if (changed === value) return [raw];
    return changed === undefined ? [] : [header(number, changed.length), changed];
  });
  return Buffer.concat(parts);
}

function header(number: number, length: number): Buffer {
  const bytes = [(number << 3) | WIRE.bytes];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

/**
 * A push with the lines for which `keep` is true, in their order, and all that is no line of a file.
 * @returns undefined where none is left
 * @throws {RangeError} for what is no push of OTLP
 */
export function filterLines(push: Buffer, keep: (line: LineId) => boolean): Buffer | undefined {
  let left = 0;
  let dropped = 0;
  const filtered = rewritten(push, OTLP.resourceLogs, (resourceLogs) => {
    const [resource = Buffer.alloc(0)] = messagesIn(resourceLogs, OTLP.resource);
    const attributes = attributesOf(resource, OTLP.ofResource);
    const before = left;
    const whole = rewritten(resourceLogs, OTLP.scopeLogs, (scopeLogs) =>
      rewritten(scopeLogs, OTLP.records, (record) => {
        const id = lineIdOf(record, attributes);
        if (id !== undefined && !keep(id)) {
          dropped += 1;
          return undefined;
        }
        left += 1;
        return record;
      }),
    );
    return left === before ? undefined : whole;
  });
  if (left === 0) return undefined;
  return dropped === 0 ? push : filtered;
}

/** The lines of a push. @throws {RangeError} for what is no push of OTLP */
export function linesOf(push: Buffer): LineId[] {
  const lines: LineId[] = [];
  filterLines(push, (id) => {
    lines.push(id);
    return true;
  });
  return lines;
}
