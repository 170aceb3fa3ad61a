import { createHash } from 'node:crypto';
import { parseInstant } from '@sluice/runtime';
import * as z from 'zod';

/** The request is not one. Every fault at once: where, the value and the constraint. */
export class InvalidQuery extends Error {
  override readonly name = 'InvalidQuery';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`invalid query: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

const instant = (meaning: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be an instant such as 2026-11-29T12:00:00Z' })
    .optional()
    .describe(meaning);

/** What a search may ask for. */
export const searchSchema = z.strictObject({
  account: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$/, {
      error: 'must be 1 to 64 letters, digits and : . _ -, and begin with a letter or digit',
    })
    .optional()
    .describe('An account that one of the entries names.'),
  from: instant('Accepted at this instant or later.'),
  to: instant('Accepted before this instant.'),
  status: z.enum(['posted'], { error: "must be 'posted'" }).optional().describe('Its status.'),
  text: z
    .string()
    .min(1, 'must not be empty')
    .max(256, 'must not be longer than 256 characters')
    .optional()
    .describe('Words that the description has, all of them.'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, { error: 'must be a whole number from 1 to 200' })
    .optional()
    .describe('Transactions of one page. @default 50'),
  cursor: z.string().max(512, 'must be the cursor of an answer').optional().describe('Where a page ended.'),
});

/** A search, read. */
export interface Search {
  readonly account?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: string | undefined;
  readonly text?: string | undefined;
  readonly limit: number;
  /** The last transaction of the page before: when it was accepted (epoch milliseconds), and its id. */
  readonly after?: readonly [acceptedAt: number, id: string] | undefined;
}

const DEFAULT_LIMIT = 50;

/** @throws {InvalidQuery} with every fault */
export function parseSearch(query: unknown): Search {
  const result = searchSchema.safeParse(query);
  if (!result.success)
    throw new InvalidQuery(
      result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `'${key.slice(0, 64)}' must be absent: no such parameter`)
          : [`'${String(issue.path[0])}' ${issue.message}`],
      ),
    );
  const { limit, cursor, ...filters } = result.data;
  const { from, to } = filters;
  if (from !== undefined && to !== undefined && Number(parseInstant(from)) >= Number(parseInstant(to)))
    throw new InvalidQuery([`'from' (${from}) must be before 'to' (${to})`]);
  const after = cursor === undefined ? undefined : readCursor(cursor, filters);
  return { ...filters, limit: limit === undefined ? DEFAULT_LIMIT : Number(limit), after };
}

type Filters = Omit<Search, 'limit' | 'after'>;

/** A cursor belongs to its search: with other filters it would skip what they find. */
const digestOf = ({ account, from, to, status, text }: Filters): string =>
  createHash('sha256')
    .update(JSON.stringify([account, from, to, status, text]))
    .digest('base64url')
    .slice(0, 16);

const cursorSchema = z.tuple([z.number().int(), z.string().min(1).max(64), z.string()]);

/** Where the page after a transaction begins. */
export const writeCursor = ([acceptedAt, id]: readonly [number, string], search: Filters): string =>
  Buffer.from(JSON.stringify([acceptedAt, id, digestOf(search)])).toString('base64url');

function readCursor(cursor: string, filters: Filters): readonly [number, string] {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    content = undefined;
  }
  const read = cursorSchema.safeParse(content);
  if (!read.success) throw new InvalidQuery(["'cursor' must be the cursor of an answer"]);
  const [acceptedAt, id, digest] = read.data;
  if (digest !== digestOf(filters))
    throw new InvalidQuery(["'cursor' must be of a search with the same parameters"]);
  return [acceptedAt, id];
}
