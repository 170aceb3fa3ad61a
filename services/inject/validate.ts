import { data } from 'currency-codes';
import * as z from 'zod';
import { balanceOf, type TransactionRequest } from '../../packages/contracts/transaction.ts';

/** The request is not one. Every fault at once: where, the value and the constraint. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`invalid request: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

/** Alphabetic code -> digits of the minor unit. @see https://www.iso.org/iso-4217-currency-codes.html */
export const EXPONENTS: ReadonlyMap<string, number> = new Map(
  data.flatMap(({ code, digits }): [string, number][] => (Number.isInteger(digits) ? [[code, digits]] : [])),
);

/** Most transactions of one batch: Redis does nothing else while it takes one. */
export const MAX_BATCH = 100;
const MAX_ENTRIES = 100;
const MAX_FAULTS = 100;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** Not z.int(): its fault would end the checks of the whole transaction. */
const whole = (error: string) =>
  z.number({ error }).refine(Number.isSafeInteger, { error }).meta({ type: 'integer' });

const amount = whole(`must be a whole number of minor units from ${-LARGEST} to ${LARGEST}`).refine(
  (value) => value !== 0,
  { error: 'must not be 0' },
);

const account = z.string('must be text').regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits and : . _ -, and begin with a letter or digit',
});

const entry = z.strictObject({ account, amount });

/** One transaction as a client sends it. */
export const transactionSchema = z
  .strictObject({
    currency: z.string('must be text').refine((code) => EXPONENTS.has(code), {
      error: 'must be an alphabetic code of ISO 4217',
    }),
    exponent: whole('must be the number of digits of the minor unit'),
    description: z.string('must be text').max(256, 'must not be longer than 256 characters').default(''),
    entries: z
      .array(entry, 'must be a list')
      .min(2, 'must hold at least 2 entries')
      .max(MAX_ENTRIES, `must hold at most ${MAX_ENTRIES} entries`),
  })
  // Both are asked whatever else is wrong: all faults are told at once.
  .refine(({ currency, exponent }) => exponent === (EXPONENTS.get(currency) ?? exponent), {
    path: ['exponent'],
    error: 'must be the digits of the minor unit that ISO 4217 has for the currency',
    when: ({ value }) => Number.isInteger((value as { exponent?: unknown } | null)?.exponent),
  })
  .refine(({ entries }) => balanceOf(entries) === 0n, {
    path: ['entries'],
    error: ({ input }) => `must sum up to 0, not to ${balanceOf((input as TransactionRequest).entries)}`,
    when: ({ value }) => haveAmounts((value as { entries?: unknown } | null)?.entries),
  });

const haveAmounts = (entries: unknown): boolean =>
  Array.isArray(entries) && entries.every((one) => Number.isSafeInteger(one?.amount));

/** Several at once. */
export const batchSchema = z.strictObject({
  transactions: z
    .array(transactionSchema, 'must be a list')
    .min(1, 'must hold at least 1 transaction')
    .max(MAX_BATCH, `must hold at most ${MAX_BATCH} transactions`),
});

/** One transaction. @throws {InvalidRequest} */
export const parseTransaction = (body: unknown): TransactionRequest => parsed(transactionSchema, body);

/** Several, all of which are accepted or none. @throws {InvalidRequest} */
export const parseBatch = (body: unknown): readonly TransactionRequest[] =>
  parsed(batchSchema, body).transactions;

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The header. @throws {InvalidRequest} @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export function parseKey(header: string | string[] | undefined): string {
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new InvalidRequest([
    "header 'Idempotency-Key' must be given once, 1 to 255 visible ASCII characters",
  ]);
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, body));
  throw new InvalidRequest(
    faults.length > MAX_FAULTS
      ? [...faults.slice(0, MAX_FAULTS), `and ${faults.length - MAX_FAULTS} more`]
      : faults,
  );
}

function faultsOf(issue: z.core.$ZodIssue, body: unknown): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `'${pathOf([...issue.path, key])}' must be absent: no such property`);
  const value = valueAt(body, issue.path);
  if (issue.path.length === 0) return [`the body must be a JSON object`];
  return [`'${pathOf(issue.path)}' (${shown(value)}) ${value === undefined ? 'must be set' : issue.message}`];
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${shown(part)}`,
    '',
  );

const valueAt = (body: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part],
    body,
  );

const LONGEST_SHOWN = 64;

/** A value of a client in a message: short, and no structure. */
function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return `list of ${value.length}`;
  const text = typeof value === 'object' && value !== null ? 'object' : String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}
