import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { encode, escapeLabel, exposition } from './exposition.ts';
import { SeriesTable } from './series.ts';

const columns = (...readings: (readonly [family: number, id: string, value: number])[]) =>
  new SeriesTable(10).update(readings.map(([family, id, value]) => ({ family, id, value, counter: false })))
    .series;

const families = [
  { name: 'a_total', type: 'counter', help: 'One\nand \\ two.' },
  { name: 'none', type: 'gauge', help: 'Of none.' },
  { name: 'b', type: 'gauge', help: 'B.' },
] as const;

it('puts all series of a name together, whatever target they come from, and no name without series', () => {
  const text = [
    ...exposition(families, [
      columns([0, 'a_total{target="x"}', 1], [2, 'b{target="x"}', 0.5]),
      columns(),
      columns([2, 'b{target="y",z="1"}', -1], [2, 'b{target="y",z="2"}', 1e21]),
      columns([0, 'a_total{target="z"}', 3]),
    ]),
  ].join('');
  expect(text).toBe(`# HELP a_total One\\nand \\\\ two.
# TYPE a_total counter
a_total{target="x"} 1
a_total{target="z"} 3
# HELP b B.
# TYPE b gauge
b{target="x"} 0.5
b{target="y",z="1"} -1
b{target="y",z="2"} 1e+21
`);
});

it('encodes any texts as they are, in chunks of bounded size unless one text alone is larger', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'ü', '€', '\u{1f600}') }),
    fc.nat(100_000).map((length) => 'ü'.repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      // One buffer serves all chunks: each must be taken before the next.
      const chunks = [...encode(texts)].length;
      const taken: Buffer[] = [];
      for (const chunk of encode(texts)) taken.push(Buffer.from(chunk));
      expect(taken).toHaveLength(chunks);
      expect(Buffer.concat(taken).toString()).toBe(texts.join(''));
      const longest = Math.max(65_536, ...texts.map((it) => Buffer.byteLength(it)));
      expect(Math.max(...taken.map(({ length }) => length))).toBeLessThanOrEqual(longest);
    }),
    { numRuns: runs(50) },
  );
});

it('leaves nothing in a label that UTF-8 cannot say', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'ü', '\u{1f600}', '\ud800', '\udc00') }),
      (text) => {
        const escaped = escapeLabel(`${text}\ud800`);
        expect(Buffer.from(escaped).toString()).toBe(escaped);
      },
    ),
  );
});

it('escapes a label so that it can be read back', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = escapeLabel(text);
      expect(escaped).not.toMatch(/\n|(?<!\\)(?:\\\\)*"/);
      expect(escaped.replace(/\\(.)/g, (_, it) => (it === 'n' ? '\n' : it))).toBe(text);
    }),
  );
});
