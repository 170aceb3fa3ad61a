import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import { ALIAS } from '../journal/index-store.ts';
import { type Search, writeCursor } from './request.ts';

/** A transaction as an answer shows it. Amounts are whole minor units. */
export interface ShownTransaction {
  readonly id: string;
  readonly status: string;
  readonly currency: string;
  readonly exponent: number;
  readonly description: string;
  readonly entries: readonly { readonly account: string; readonly amount: number }[];
  readonly acceptedAt: string;
}

/** One page of a search, newest first. */
export interface Page {
  readonly transactions: readonly ShownTransaction[];
  /** Where the next page begins; absent: there is none. */
  readonly next?: string;
}

/** How long after a write the index shows it, milliseconds: Elasticsearch's refresh interval. */
export const VISIBLE_AFTER_MS = 1000;

const FIELDS = ['id', 'status', 'currency', 'exponent', 'description', 'entries', 'acceptedAt'];

/**
 * Searches the index, newest first. A page begins behind the last transaction of the one before, by instant and id:
 * what is indexed meanwhile moves no page. @throws the client's error
 */
export async function searchIndex(client: Client, search: Search, timeoutMs: number): Promise<Page> {
  const { limit, after } = search;
  const request: estypes.SearchRequest = {
    ...{ index: ALIAS, size: limit + 1, track_total_hits: false, _source_includes: FIELDS },
    query: { bool: { filter: filtersOf(search) } },
    sort: [{ acceptedAt: 'desc' }, { id: 'desc' }],
    ...(after !== undefined && { search_after: [...after] }),
  };
  const { hits } = await client
    .search<ShownTransaction>(request, { requestTimeout: timeoutMs })
    .catch(emptyWhereAbsent);
  const found = hits.hits.slice(0, limit);
  const last = found.at(-1)?.sort;
  const transactions = found.flatMap(({ _source }) => (_source === undefined ? [] : [_source]));
  if (hits.hits.length <= limit || last === undefined) return { transactions };
  return { transactions, next: writeCursor([Number(last[0]), String(last[1])], search) };
}

/** journal makes the index with the first transaction: before it, nothing is found. */
function emptyWhereAbsent(error: unknown): Pick<estypes.SearchResponse<ShownTransaction>, 'hits'> {
  if (error instanceof errors.ResponseError && error.statusCode === 404) return { hits: { hits: [] } };
  throw error;
}

function filtersOf({ account, from, to, status, text }: Search): estypes.QueryDslQueryContainer[] {
  return [
    ...(account === undefined ? [] : [{ term: { accounts: account } }]),
    ...(status === undefined ? [] : [{ term: { status } }]),
    ...(text === undefined ? [] : [{ match: { description: { query: text, operator: 'and' as const } } }]),
    ...(from === undefined && to === undefined
      ? []
      : [{ range: { acceptedAt: { ...(from && { gte: from }), ...(to && { lt: to }) } } }]),
  ];
}
