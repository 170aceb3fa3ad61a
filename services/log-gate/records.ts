import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
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

type Value = Uint8Array | bigint;

interface Field {
  readonly number: number;
  /** All of it, with its tag. */
  readonly raw: Uint8Array;
  /** The message or text that it holds, or its number; absent for a kind of field that OTLP has none of. */
  readonly value: Value | undefined;
}

/** The fields of a message of protobuf; whoever asks for one that is cut or none gets the reader's error. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const begin = reader.pos;
    const [number, wire] = reader.tag();
    const value = readValue(reader, wire, number);
    yield { number, raw: message.subarray(begin, reader.pos), value };
  }
}

function readValue(reader: BinaryReader, wire: WireType, number: number): Value | undefined {
  switch (wire) {
    case WireType.LengthDelimited:
      return reader.bytes();
    case WireType.Bit64:
      return BigInt(reader.fixed64());
    case WireType.Varint:
      return BigInt(reader.int64());
    default:
      reader.skip(wire, number);
      return undefined;
  }
}

/** The messages that are in the fields of one number. */
function* messagesIn(message: Uint8Array, wanted: number): Generator<Uint8Array> {
  for (const { number, value } of fieldsOf(message))
    if (number === wanted && value instanceof Uint8Array) yield value;
}

const textOf = (value: Value): string =>
  typeof value === 'bigint'
    ? String(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();

/** The attributes of a message that are text or whole numbers. @param number The field that holds them */
function attributesOf(message: Uint8Array, number: number): Map<string, string> {
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
function lineIdOf(record: Uint8Array, resource: ReadonlyMap<string, string>): LineId | undefined {
  const attributes = attributesOf(record, OTLP.attributes);
  const time = [...fieldsOf(record)].find(({ number }) => number === OTLP.time)?.value;
  const pod = resource.get(line.pod);
  const position = attributes.get(line.position);
  if (typeof time !== 'bigint' || time === 0n || pod === undefined || position === undefined)
    return undefined;
  const source = SOURCE_FIELDS.map((name) => resource.get(name) ?? attributes.get(name) ?? '').join(' ');
  return { source, pod, time, position };
}

type Change = (inner: Uint8Array) => Uint8Array | undefined;

/** A message whose fields of one number are changed, or left out where `change` returns none; the others are as they came. */
function rewritten(message: Uint8Array, wanted: number, change: Change): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, raw, value } of fieldsOf(message)) {
    const isWanted = number === wanted && value instanceof Uint8Array;
    const changed = isWanted ? change(value) : undefined;
    if (!isWanted || changed === value) writer.raw(raw);
    else if (changed !== undefined) writer.tag(number, WireType.LengthDelimited).bytes(changed);
  }
  return writer.finish();
}

/**
 * A push with the lines for which `keep` is true, in their order, and all that is no line of a file.
 * @returns undefined where none is left
 * @throws Error for what is no push of OTLP
 */
export function filterLines(push: Buffer, keep: (line: LineId) => boolean): Buffer | undefined {
  let left = 0;
  let dropped = 0;
  const filtered = rewritten(push, OTLP.resourceLogs, (resourceLogs) => {
    const [resource = new Uint8Array()] = messagesIn(resourceLogs, OTLP.resource);
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
  return dropped === 0 ? push : Buffer.from(filtered.buffer, filtered.byteOffset, filtered.byteLength);
}

/** The lines of a push. @throws Error for what is no push of OTLP */
export function linesOf(push: Buffer): LineId[] {
  const lines: LineId[] = [];
  filterLines(push, (id) => {
    lines.push(id);
    return true;
  });
  return lines;
}
