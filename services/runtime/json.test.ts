import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, MAX_JSON_VALUES, parseBoundedJson } from './json.ts';

function refusalOf(text: string, bounds = {}): string {
  try {
    parseBoundedJson(text, bounds);
  } catch (error) {
    if (error instanceof JsonError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

/** Counts like the parser: each key and each value. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), 1);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + 1 + sizeOf(item), 1);
}

describe('JSON within bounds', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never has more values than the bound, and a document of fewer is taken', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: 1, max: 40 }), (value, maxValues) => {
        const taken = refusalOf(JSON.stringify(value), { maxValues }) === 'taken';
        if (taken) expect(sizeOf(value)).toBeLessThanOrEqual(2 * maxValues);
        // An empty list counts for two: itself and the place within it.
        else expect(2 * sizeOf(value)).toBeGreaterThan(maxValues);
      }),
    );
  });

  it('is refused as no JSON, and nothing else is thrown, whatever the text is', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'[]{}",:\\1a ') }));
    fc.assert(
      fc.property(text, (given) => {
        const refusal = refusalOf(given);
        if (refusal === 'taken') expect(() => JSON.parse(given)).not.toThrow();
        else expect(refusal).toMatch(/^(not-json|too-large): /);
      }),
    );
    expect(refusalOf('{"password":"sesame"')).toBe('not-json: is no JSON');
  });

  it('of 4 MiB of empty lists is refused before it is built', () => {
    const text = `[${'[],'.repeat(1_398_100)}[]]`;
    expect(refusalOf(text)).toBe(`too-large: has more than ${MAX_JSON_VALUES} values`);
  });

  it('that is nested without end is refused', () => {
    expect(refusalOf('['.repeat(100))).toBe('not-json: is no JSON');
    expect(refusalOf('['.repeat(101))).toBe('too-large: is nested deeper than 100');
    expect(refusalOf(`${'{"a":'.repeat(1_000_000)}1`)).toBe('too-large: is nested deeper than 100');
  });

  it('does not count what stands in strings', () => {
    const text = JSON.stringify({ a: '[[[,,,:::"\\"[[[', b: '\\', c: '\\\\"[' });
    expect(parseBoundedJson(text, { maxValues: 7, maxDepth: 1 })).toEqual(JSON.parse(text));
    expect(refusalOf(text, { maxValues: 6 })).toBe('too-large: has more than 6 values');
  });

  it('looks at a string of backslashes and quotes once', () => {
    const text = `"${'\\\\'.repeat(1_000_000)}${'\\"'.repeat(500_000)}"`;
    expect(parseBoundedJson(text)).toBe(JSON.parse(text));
  });
});

describe('an integer beyond 2^53', () => {
  const text =
    '{"ids":[1234567890123456789,1234567890123456788,-9007199254740993,42,1.5e300,"1234567890123456789"]}';

  it('keeps its digits where that is asked for, and only such an integer does', () => {
    expect(parseBoundedJson(text, { largeInteger: (digits) => digits })).toEqual({
      ids: [
        '1234567890123456789',
        '1234567890123456788',
        '-9007199254740993',
        42,
        1.5e300,
        '1234567890123456789',
      ],
    });
  });

  it('is a number otherwise', () => {
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  });
});
