import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reading, SeriesTable } from './series.ts';

const counter = (id: string, value: number): Reading => ({ family: 0, id, counter: true, value });
const gauge = (id: string, value: number): Reading => ({ family: 0, id, counter: false, value });

const valuesOf = ({ series }: ReturnType<SeriesTable['update']>): Record<string, number> =>
  Object.fromEntries(series.ids.map((id, index) => [id, series.values[index] ?? Number.NaN]));

describe('a counter', () => {
  it('goes on where its source starts again: 100, 140, restart, 5 -> 145', () => {
    const table = new SeriesTable(10);
    expect(valuesOf(table.update([counter('c', 100)]))).toEqual({ c: 100 });
    expect(valuesOf(table.update([counter('c', 140)]))).toEqual({ c: 140 });
    const update = table.update([counter('c', 5)]);
    expect([valuesOf(update), update.restarted]).toEqual([{ c: 145 }, true]);
    const next = table.update([counter('c', 6)]);
    expect([valuesOf(next), next.restarted]).toEqual([{ c: 146 }, false]);
  });

  it('never falls and grows by the sum of the increases, however often its source restarts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 2 }), (raws) => {
        const table = new SeriesTable(10);
        const exposed = raws.map((raw) => valuesOf(table.update([counter('c', raw)])).c ?? Number.NaN);
        const increases = raws.slice(1).map((raw, index) => {
          const before = raws[index] ?? 0;
          return raw < before ? raw : raw - before;
        });
        expect(exposed).toEqual(exposed.toSorted((a, b) => a - b));
        expect((exposed.at(-1) ?? 0) - (exposed[0] ?? 0)).toBe(increases.reduce((a, b) => a + b, 0));
      }),
    );
  });

  it('continues the same whatever other series come, go and change their places', () => {
    const document = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(100)), {
      selector: ([id]) => id,
    });
    fc.assert(
      fc.property(fc.array(document), (documents) => {
        const together = new SeriesTable(10);
        const alone = new Map<string, SeriesTable>();
        for (const readings of documents) {
          const values = valuesOf(together.update(readings.map(([id, value]) => counter(id, value))));
          const expected = readings.map(([id, value]) => {
            const table = alone.get(id) ?? new SeriesTable(10);
            alone.set(id, table);
            return [id, valuesOf(table.update([counter(id, value)]))[id]];
          });
          expect(values).toEqual(Object.fromEntries(expected));
        }
      }),
    );
  });

  it('is forgotten when it is among the longest absent of too many', () => {
    const table = new SeriesTable(1);
    table.update([counter('old', 10)]);
    table.update([counter('older than it seems', 10)]);
    table.update([]);
    expect(valuesOf(table.update([counter('old', 3), counter('older than it seems', 3)]))).toEqual({
      old: 3,
      'older than it seems': 13,
    });
  });
});

describe('a gauge', () => {
  it('is what its source says, also when it falls', () => {
    const table = new SeriesTable(10);
    table.update([gauge('g', 7)]);
    const update = table.update([gauge('g', -2)]);
    expect([valuesOf(update), update.restarted]).toEqual([{ g: -2 }, false]);
  });
});

it('takes the first of two readings of one series and counts the other', () => {
  const table = new SeriesTable(10);
  for (const more of [0, 1]) {
    const { series, duplicates } = table.update([counter('c', 5 + more), counter('c', 900), gauge('g', 1)]);
    expect([[...series.ids], [...series.values], duplicates]).toEqual([['c', 'g'], [5 + more, 1], 1]);
  }
});
