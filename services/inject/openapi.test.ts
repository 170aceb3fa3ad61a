import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openApi } from './openapi.ts';
import { InvalidRequest, parseTransaction } from './validate.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(openApi, 'api');
const documented = ajv.getSchema('api#/components/schemas/Transaction');

const accepts = (body: unknown): boolean => {
  try {
    parseTransaction(body);
    return true;
  } catch (error) {
    if (error instanceof InvalidRequest) return false;
    throw error;
  }
};

const amount = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0.5, '1', null));
const body = fc.record(
  {
    currency: fc.constantFrom('EUR', 'JPY', 'euro', 7),
    exponent: fc.constantFrom(2, 0, 1.5, '2'),
    description: fc.constantFrom('x', 'y'.repeat(257), 7),
    entries: fc.array(
      fc.record({ account: fc.constantFrom('a', 'b', '-', ''), amount }, { requiredKeys: [] }),
    ),
    fee: fc.constant(1),
  },
  { requiredKeys: [] },
);

it('documents no less than what is accepted', () => {
  fc.assert(
    fc.property(body, (one) => {
      if (accepts(one)) expect([documented?.(one), documented?.errors]).toEqual([true, null]);
    }),
  );
  const good = {
    currency: 'EUR',
    exponent: 2,
    entries: [
      { account: 'a', amount: 1 },
      { account: 'b', amount: -1 },
    ],
  };
  expect([accepts(good), documented?.(good)]).toEqual([true, true]);
});

it.each([
  ['a property that there is not', { fee: 1 }],
  [
    'an amount that is no whole number',
    {
      entries: [
        { account: 'a', amount: 0.5 },
        { account: 'b', amount: -0.5 },
      ],
    },
  ],
  [
    'an account with a blank',
    {
      entries: [
        { account: 'a b', amount: 1 },
        { account: 'b', amount: -1 },
      ],
    },
  ],
  ['one entry alone', { entries: [{ account: 'a', amount: 0 }] }],
])('refuses %s, as the service does', (_, change) => {
  const good = {
    currency: 'EUR',
    exponent: 2,
    entries: [
      { account: 'a', amount: 1 },
      { account: 'b', amount: -1 },
    ],
  };
  expect([accepts({ ...good, ...change }), documented?.({ ...good, ...change })]).toEqual([false, false]);
});
