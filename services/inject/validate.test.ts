import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceOf } from '../../packages/contracts/transaction.ts';
import { EXPONENTS, InvalidRequest, parseBatch, parseKey, parseTransaction } from './validate.ts';

const good = {
  currency: 'EUR',
  exponent: 2,
  description: 'order 7',
  entries: [
    { account: 'customer:1', amount: -1250 },
    { account: 'merchant:9', amount: 1250 },
  ],
};

function faultsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidRequest) return error.faults;
    throw error;
  }
  return [];
}

describe('a transaction', () => {
  it('is taken as it is', () => {
    expect(parseTransaction(good)).toEqual(good);
  });

  it('needs no description', () => {
    const { description: _, ...rest } = good;
    expect(parseTransaction(rest).description).toBe('');
  });

  it.each([
    ['JPY', 0],
    ['EUR', 2],
    ['KWD', 3],
    ['CLF', 4],
  ])('in %s has %i digits of the minor unit', (currency, exponent) => {
    expect(parseTransaction({ ...good, currency, exponent })).toMatchObject({ currency, exponent });
    expect(faultsOf(() => parseTransaction({ ...good, currency, exponent: exponent + 1 }))).toEqual([
      `'exponent' (${exponent + 1}) must be the digits of the minor unit that ISO 4217 has for the currency`,
    ]);
  });

  it('is told all its faults at once', () => {
    const entries = [{ account: 'a', amount: 1.5 }, { account: '', amount: 2 }, { acount: 'x' }];
    const faults = faultsOf(() => parseTransaction({ currency: 'EUR', exponent: 3, entries, fee: 1 }));
    expect(faults.map((fault) => fault.split("'")[1]).sort()).toEqual([
      'entries[0].amount',
      'entries[1].account',
      'entries[2].account',
      'entries[2].acount',
      'entries[2].amount',
      'exponent',
      'fee',
    ]);
  });

  it.each([null, [], 'text', 7])('is a JSON object, not %j', (body) => {
    expect(faultsOf(() => parseTransaction(body))).toEqual(['the body must be a JSON object']);
  });

  it.each([
    [0.1, 'whole number'],
    [2 ** 53, 'whole number'],
    ['12', 'whole number'],
    [0, 'must not be 0'],
  ])('has no amount of %j', (amount, constraint) => {
    const entries = [
      { account: 'a', amount },
      { account: 'b', amount: 5 },
    ];
    const faults = faultsOf(() => parseTransaction({ ...good, entries }));
    expect(faults.find((fault) => fault.startsWith("'entries[0].amount'"))).toContain(constraint);
  });

  it('balances to zero, whatever its amounts are', () => {
    const amounts = fc.array(
      fc.maxSafeInteger().filter((amount) => amount !== 0),
      { minLength: 2, maxLength: 100 },
    );
    fc.assert(
      fc.property(amounts, (list) => {
        const entries = list.map((amount, index) => ({ account: `a${index}`, amount }));
        const sum = balanceOf(entries);
        const faults = faultsOf(() => parseTransaction({ ...good, entries }));
        const balance = `'entries' (list of ${list.length}) must sum up to 0, not to ${sum}`;
        expect(faults).toEqual(sum === 0n ? [] : [balance]);
      }),
    );
  });
});

describe('a batch', () => {
  it('is refused whole for one fault', () => {
    const faults = faultsOf(() => parseBatch({ transactions: [good, { ...good, currency: 'EURO' }] }));
    expect(faults).toEqual(["'transactions[1].currency' (EURO) must be an alphabetic code of ISO 4217"]);
  });

  it.each([0, 101])('holds 1 to 100 transactions, not %i', (count) => {
    expect(faultsOf(() => parseBatch({ transactions: Array(count).fill(good) }))).toHaveLength(1);
  });
});

describe('an idempotency key', () => {
  it.each([undefined, '', 'a b', 'ä', 'x'.repeat(256), ['a', 'b']])('is not %j', (key) => {
    expect(faultsOf(() => parseKey(key))).toHaveLength(1);
  });

  it('is visible ASCII', () => {
    expect(parseKey('8e03978e-40d5-43dd-bc93-6894a57f9324')).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
  });
});

it('knows the currencies of ISO 4217', () => {
  expect(EXPONENTS.size).toBeGreaterThan(150);
});
