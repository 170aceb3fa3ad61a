import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidQuery, parseSearch, writeCursor } from './request.ts';

function faultsOf(query: object): readonly string[] {
  try {
    parseSearch(query);
    return [];
  } catch (error) {
    if (error instanceof InvalidQuery) return error.faults;
    throw error;
  }
}

describe('a search', () => {
  it('needs nothing, and finds 50', () => {
    expect(parseSearch({})).toEqual({ limit: 50 });
  });

  it('is told all its faults at once', () => {
    const query = { account: 'a b', from: 'today', status: 'done', limit: '201', sort: 'asc' };
    expect(faultsOf(query).map((fault) => fault.split("'")[1])).toEqual([
      ...['account', 'from', 'status', 'limit', 'sort'],
    ]);
  });

  it('ends after it begins', () => {
    const query = { from: '2026-11-30T00:00:00Z', to: '2026-11-30T01:00:00+01:00' };
    expect(faultsOf(query)).toEqual([
      "'from' (2026-11-30T00:00:00Z) must be before 'to' (2026-11-30T01:00:00+01:00)",
    ]);
  });
});

describe('a cursor', () => {
  it('continues its own search, whatever it is', () => {
    const filters = fc.record(
      { account: fc.constantFrom('a', 'customer:1'), text: fc.string({ minLength: 1, maxLength: 20 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(filters, fc.nat(), fc.uuid(), (search, acceptedAt, id) => {
        const cursor = writeCursor([acceptedAt, id], search);
        expect(parseSearch({ ...search, cursor }).after).toEqual([acceptedAt, id]);
        expect(faultsOf({ ...search, status: 'posted', cursor })).toEqual([
          "'cursor' must be of a search with the same parameters",
        ]);
      }),
    );
  });

  it.each(['', 'x', 'W10', Buffer.from('[1,2,3]').toString('base64url')])('is not %j', (cursor) => {
    expect(faultsOf({ cursor })).toEqual(["'cursor' must be the cursor of an answer"]);
  });
});
