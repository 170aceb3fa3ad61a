import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/job-harness.ts';
import { TransactionSystem, transfer } from './harness.ts';

interface Page {
  readonly transactions: readonly { readonly id: string; readonly description: string }[];
  readonly next?: string;
  readonly index: { readonly completeUpTo: string; readonly pending: number; readonly failed: number };
}

let system: TransactionSystem;
let address = '';

const get = async (path: string) => {
  const response = await fetch(`${address}${path}`, { signal: AbortSignal.timeout(30_000) });
  return { status: response.status, body: await response.json() };
};
/** Asks again where a store is slow, as the answer says. */
async function search(parameters: Readonly<Record<string, string>>): Promise<Page> {
  let answer = await get(`/transactions?${new URLSearchParams(parameters)}`);
  await eventually(
    'the stores answer',
    async () => {
      if (answer.status !== 503) return true;
      answer = await get(`/transactions?${new URLSearchParams(parameters)}`);
      return false;
    },
    60,
  );
  expect(answer.status).toBe(200);
  return answer.body as Page;
}
const accept = async (key: string, amount: number, from = 'a') =>
  String((await system.post('/transactions', key, transfer(amount, from))).body.id);

beforeAll(async () => {
  system = await TransactionSystem.open();
  await system.startInject();
  address = await system.startListening('query');
  await eventually('it is ready', async () => (await fetch(`${address}/readyz`)).ok, 20);
});

afterAll(() => system.stop());

describe('the read side', () => {
  it('shows a transaction as pending before any store has it, and never one that was not accepted', async () => {
    const id = await accept('first', 7);
    expect(await get(`/transactions/${id}`)).toEqual({ status: 200, body: { id, status: 'pending' } });
    expect((await get('/transactions/00000000-0000-8000-8000-000000000000')).status).toBe(404);
    expect((await get('/transactions/7')).status).toBe(422);
    const empty = await search({});
    expect(empty.transactions).toEqual([]);
  });

  it('says that the index is not as far as an accepted transaction, until it finds it', async () => {
    const acceptedAt = Date.now();
    const id = await accept('second', 8);
    await eventually('the look is of now', async () => (await search({})).index.pending === 2, 20);
    expect(Date.parse((await search({})).index.completeUpTo)).toBeLessThan(acceptedAt);
    system.start('process');
    system.start('journal');
    // Whatever moment it is asked at: what it says to be complete, it finds.
    for (let complete = false; !complete; ) {
      const { index, transactions } = await search({});
      complete =
        Date.parse(index.completeUpTo) > Date.now() - 10_000 &&
        Date.parse(index.completeUpTo) > acceptedAt + 1000;
      if (complete) expect(transactions.map((one) => one.id)).toContain(id);
    }
    expect((await get(`/transactions/${id}`)).body).toMatchObject({ id, status: 'posted', ...transfer(8) });
  });

  it('pages through a search by account, period and text; what comes meanwhile moves no page', async () => {
    for (let amount = 1; amount <= 7; amount += 1) await accept(`p${amount}`, amount, 'pager');
    await eventually(
      'all are indexed',
      async () => (await search({ account: 'pager' })).transactions.length === 7,
      60,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await search({ account: 'pager', limit: '3', ...(cursor !== undefined && { cursor }) });
      seen.push(...page.transactions.map(({ description }) => description));
      if (cursor === undefined) {
        await accept('late', 99, 'pager');
        await eventually(
          'it is indexed',
          async () => (await search({ account: 'pager' })).transactions.length === 8,
          60,
        );
      }
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((amount) => `transfer of ${amount}`));
    expect((await search({ text: 'TRANSFER 99' })).transactions).toHaveLength(1);
    expect((await search({ text: 'transfer 98' })).transactions).toEqual([]);
    const now = new Date().toISOString();
    expect((await search({ account: 'pager', from: now })).transactions).toEqual([]);
    expect((await search({ account: 'pager', to: now, status: 'posted' })).transactions).toHaveLength(8);
    expect((await get('/transactions?limit=0&status=open')).body).toMatchObject({
      faults: [expect.any(String), expect.any(String)],
    });
  });

  it('answers what its OpenAPI document says', async () => {
    const document = (await get('/openapi.json')).body as AnySchemaObject & { readonly openapi: string };
    expect(document.openapi).toMatch(/^3\.1\./);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    const valid = (name: string, value: unknown) => {
      const check = ajv.getSchema(`api#/components/schemas/${name}`);
      return [check?.(value), check?.errors];
    };
    const page = await search({ account: 'pager', limit: '2' });
    expect(valid('Page', page)).toEqual([true, null]);
    expect(valid('Transaction', (await get(`/transactions/${page.transactions[0]?.id}`)).body)).toEqual([
      true,
      null,
    ]);
    expect(valid('Problem', (await get('/transactions?limit=0')).body)).toEqual([true, null]);
    expect(valid('Page', { ...page, index: {} })[0]).toBe(false);
  });

  it('answers 503 while the index is away, and by id all the same', async () => {
    const { transactions } = await search({ account: 'pager', limit: '1' });
    await system.elasticsearch.kill();
    expect((await get('/transactions')).status).toBe(503);
    expect((await get(`/transactions/${transactions[0]?.id}`)).status).toBe(200);
    await system.elasticsearch.restart();
    await eventually('it searches again', async () => (await get('/transactions')).status === 200, 60);
  });
});
