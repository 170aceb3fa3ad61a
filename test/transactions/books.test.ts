import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestDigest } from '../../packages/contracts/transaction.ts';
import { startMongodb } from '../../packages/testbed/servers/mongodb.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import type { StoredTransaction } from '../../services/process/store.ts';
import { ServiceProcesses } from '../support/service-processes.ts';
import { transfer } from './harness.ts';

const lines: Record<string, unknown>[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line));
let server: OwnServer;
let client: MongoClient;

beforeAll(async () => {
  server = await startMongodb();
  client = new MongoClient(server.url, { useBigInt64: true });
});

afterAll(async () => {
  await client.close();
  await fleet.stop(5);
  await server.stop();
});

const check = () => fleet.program('process/check', { MONGODB_URL: server.url });

function stored(id: string, amount: number): StoredTransaction {
  const request = transfer(amount);
  const at = new Date(0);
  return {
    ...{ ...request, _id: id, digest: requestDigest(request), status: 'posted' },
    entries: request.entries.map(({ account, amount: cents }) => ({ account, amount: BigInt(cents) })),
    audit: { acceptedAt: at, acceptedBy: 'h', requestId: 'r', postedAt: at, postedBy: 'h', attempt: 1 },
  };
}

it('the check of the books passes them, and names what was changed by hand', async () => {
  const collection = client.db('transactions').collection<StoredTransaction>('transactions');
  await collection.insertMany([stored('t1', 5), stored('t2', Number.MAX_SAFE_INTEGER)]);
  expect(await check()).toBe(0);
  const balanced = { transactions: 2, accounts: 2, sums: { EUR: '0' }, faults: 0 };
  expect(lines.find(({ msg }) => msg === 'books balance')).toMatchObject(balanced);
  await collection.updateOne({ _id: 't1' }, { $set: { 'entries.1.amount': 6n } });
  expect(await check()).toBe(1);
  const found = lines.find(({ msg }) => msg === 'books do not balance');
  expect(found).toMatchObject({ transactions: 2, sums: { EUR: '1' }, faults: 2 });
  expect(found?.examples).toEqual([
    expect.stringMatching(/'t1'.*\(1\) must be 0/),
    expect.stringMatching(/'t1'.*digest/),
  ]);
});
