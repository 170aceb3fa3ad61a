import { gzipSync } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { KnownLines, type LinesWanted } from './doubles.ts';
import type { Push } from './gate.ts';
import { filterLines, type LineId, linesOf } from './records.ts';

const { line } = logRecords['victoria-logs'];
const AT = 1_795_990_364_123_456_789n;

/** What a test says of a record; without a position it is an event. */
interface Written {
  readonly pod: string;
  readonly time: bigint;
  readonly position?: number;
  readonly text?: string;
}

const message = (number: number, content: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(content).finish();
const text = (number: number, content: string): Uint8Array => message(number, Buffer.from(content));
const fixed = (number: number, value: bigint): Uint8Array =>
  new BinaryWriter().tag(number, WireType.Bit64).fixed64(value).finish();
const attribute = (key: string, value: string | number): Uint8Array => {
  const any =
    typeof value === 'string'
      ? text(1, value)
      : new BinaryWriter().tag(3, WireType.Varint).int64(value).finish();
  return Buffer.concat([text(1, key), message(2, any)]);
};

/** A record of OTLP as the collector writes it: its time, when it was seen, its text, its attributes. */
function record({ time, position, text: body = 'a line' }: Written): Uint8Array {
  const attributes = [attribute(line.stream, 'stdout')];
  if (position !== undefined) attributes.push(attribute(line.position, position));
  return Buffer.concat([
    fixed(1, time),
    message(5, text(1, body)),
    ...attributes.map((one) => message(6, one)),
    fixed(11, time + 5n),
  ]);
}

/** One push, with a resource for each record. */
const otlp = (...records: readonly Written[]): Buffer =>
  Buffer.concat(
    records.map((one) => {
      const resource = [attribute(line.namespace, 'shop'), attribute(line.pod, one.pod)];
      return message(
        1,
        Buffer.concat([
          message(1, Buffer.concat(resource.map((each) => message(1, each)))),
          message(2, message(2, record(one))),
        ]),
      );
    }),
  );
const push = (...records: readonly Written[]): Push => ({ headers: {}, body: otlp(...records) });

describe('a push of OTLP', () => {
  it('says which lines it has', () => {
    expect(linesOf(otlp({ pod: 'cart-0', time: AT, position: 300 }, { pod: 'cart-1', time: AT }))).toEqual([
      { source: 'shop cart-0  stdout', pod: 'cart-0', time: AT, position: '300' },
    ]);
  });

  it('is the same where all of it is kept, and nothing where none is', () => {
    const body = otlp({ pod: 'cart-0', time: AT, position: 0 });
    expect(filterLines(body, () => true)).toBe(body);
    expect(filterLines(body, () => false)).toBeUndefined();
  });

  it('is what a push of the others would be, where some are dropped', () => {
    const written = fc.record({
      ...{ pod: fc.constantFrom('a', 'b'), time: fc.bigInt({ min: 1n, max: 2n ** 62n }) },
      ...{ position: fc.nat(), text: fc.string({ maxLength: 300 }) },
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(written, fc.boolean())), (all) => {
        const kept = all.filter(([, keep]) => keep).map(([one]) => one);
        let index = 0;
        const left = filterLines(otlp(...all.map(([one]) => one)), () => all[index++]?.[1] === true);
        expect(left ?? Buffer.alloc(0)).toEqual(otlp(...kept));
      }),
    );
  });

  it.each(['garbage', '\u000a\u00ff', '\u0000'])('that cannot be read is said to be none: %j', (bytes) => {
    expect(() => linesOf(Buffer.from(bytes, 'latin1'))).toThrow(/premature EOF|illegal tag|varint/);
  });
});

function setup(store: readonly LineId[] = [], maxLines = 100) {
  const asked: LinesWanted[] = [];
  let dropped = 0;
  const known = new KnownLines({
    find: async function* (wanted) {
      asked.push(wanted);
      yield* store;
    },
    maxLines,
    onDropped: (lines) => {
      dropped += lines;
    },
  });
  return { known, asked, dropped: () => dropped };
}

const idOf = (one: Written): LineId => {
  const [id] = linesOf(otlp(one));
  if (id === undefined) throw new Error('no line');
  return id;
};
const first: Written = { pod: 'cart-0', time: AT, position: 0 };
const second: Written = { pod: 'cart-0', time: AT + 7n, position: 99 };
const event: Written = { pod: 'cart-0', time: AT };

describe('what the store has', () => {
  it('is asked for once for each minute of a container, and remembered when it was written', async () => {
    const { known, asked } = setup();
    const sent = push(first);
    expect(await known.sort([sent], 1)).toEqual([{ push: sent, lines: 1 }]);
    known.keep();
    expect(await known.sort([push(first)], 1)).toEqual([{ lines: 0 }]);
    const minute = 60_000_000_000n;
    expect(asked).toEqual([{ pods: ['cart-0'], from: AT - (AT % minute), to: AT - (AT % minute) + minute }]);
  });

  it('is not passed on again, and the rest is, unpacked', async () => {
    const { known, dropped } = setup([idOf(first)]);
    const packed: Push = {
      headers: { 'content-encoding': 'gzip', 'vl-x': 'y' },
      body: gzipSync(otlp(first, second, event)),
    };
    expect(await known.sort([packed], 1)).toEqual([
      { push: { headers: { 'vl-x': 'y' }, body: otlp(second, event) }, lines: 1 },
    ]);
    expect(dropped()).toBe(1);
  });

  it('is not known of what was not written', async () => {
    const { known, asked } = setup();
    await known.sort([push(first)], 1);
    known.forget();
    const again = push(first);
    expect(await known.sort([again], 1)).toEqual([{ push: again, lines: 1 }]);
    expect(asked).toHaveLength(2);
  });

  it('lets a push wait that has a line of another one on its way', async () => {
    const { known } = setup();
    const [one, two] = [push(first), push(first, second)];
    expect(await known.sort([one, two], 1)).toEqual([{ push: one, lines: 1 }, 'later']);
  });

  it('is asked for again where too many lines are remembered', async () => {
    const { known, asked } = setup([], 1);
    for (const one of [push(first, second), push({ ...first, pod: 'cart-1' }), push(first)]) {
      await known.sort([one], 1);
      known.keep();
    }
    expect(asked).toHaveLength(3);
  });

  it('does not matter for events, and for what cannot be read', async () => {
    const { known } = setup();
    const pushes = [push(event), { headers: {}, body: Buffer.from('garbage') }];
    expect(await known.sort(pushes, 1)).toEqual(pushes.map((one) => ({ push: one, lines: 0 })));
  });
});
