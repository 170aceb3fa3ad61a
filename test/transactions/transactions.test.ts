import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSACTION_SCHEMA, transactionId } from '../../packages/contracts/transaction.ts';
import { TransactionSystem, transfer } from './harness.ts';

let system: TransactionSystem;
let worker: ReturnType<TransactionSystem['start']>;
const [processQueue, journalQueue] = [0, 1];

beforeAll(async () => {
  system = await TransactionSystem.open();
  await system.startInject();
  worker = system.start('process');
  system.start('journal');
});

afterAll(() => system.stop());

const settled = () => expect.poll(() => system.pending(), { timeout: 60_000 }).toBe(0);

async function indexed(id: string): Promise<Record<string, unknown> | undefined> {
  const { docs } = await system.index.mget<Record<string, unknown>>({ index: 'transactions', ids: [id] });
  const [doc] = docs;
  return doc !== undefined && '_source' in doc ? doc._source : undefined;
}

describe('a transaction', () => {
  it('is in both stores once, with whole numbers and who did what when', async () => {
    const id = transactionId('k1', 0);
    const large = Number.MAX_SAFE_INTEGER;
    expect((await system.post('/transactions', 'k1', transfer(large))).status).toBe(202);
    await settled();
    const stored = await system.collection.findOne({ _id: id });
    expect(stored).toMatchObject({
      ...{ _id: id, currency: 'EUR', exponent: 2, status: 'posted' },
      entries: [
        { account: 'a', amount: -BigInt(large) },
        { account: 'b', amount: BigInt(large) },
      ],
    });
    expect(stored?.audit.acceptedAt.getTime()).toBeLessThanOrEqual(stored?.audit.postedAt.getTime() ?? 0);
    const document = await indexed(id);
    expect(document).toMatchObject({ id, digest: stored?.digest, accounts: ['a', 'b'], ...transfer(large) });
  });

  it('has its effect once when its job comes again', async () => {
    const id = transactionId('k2', 0);
    await system.post('/transactions', 'k2', transfer(2));
    await settled();
    const before = await system.collection.findOne({ _id: id });
    const document = await indexed(id);
    // Redis has forgotten the key.
    await system.client.flushall();
    await system.post('/transactions', 'k2', transfer(2));
    await settled();
    expect(await system.collection.findOne({ _id: id })).toEqual(before);
    expect(await indexed(id)).toEqual(document);
    expect(
      system.lines.filter(({ msg, duplicates }) => msg === 'batch written' && duplicates === 1),
    ).toHaveLength(2);
  });

  it('keeps what became of it since', async () => {
    const id = transactionId('k3', 0);
    await system.post('/transactions', 'k3', transfer(3));
    await settled();
    await system.collection.updateOne({ _id: id }, { $set: { status: 'reversed' as never } });
    await system.client.flushall();
    await system.post('/transactions', 'k3', transfer(3));
    await settled();
    expect((await system.collection.findOne({ _id: id }))?.status).toBe('reversed');
  });

  it('of another body under a forgotten key is in the failed set of both, with its reason', async () => {
    const id = transactionId('k4', 0);
    await system.post('/transactions', 'k4', transfer(4));
    await settled();
    await system.client.flushall();
    await system.post('/transactions', 'k4', transfer(5));
    await settled();
    for (const queue of system.queues) {
      const [job] = await queue.getFailed();
      expect(job?.id).toBe(id);
      expect(job?.failedReason).toMatch(/another transaction has this id/);
      await job?.remove();
    }
    expect((await system.collection.findOne({ _id: id }))?.entries[1]?.amount).toBe(4n);
    expect((await indexed(id))?.description).toBe('transfer of 4');
  });

  it('of a schema that is not known fails at once', async () => {
    await system.queues[processQueue]?.add(
      'transaction',
      { schema: 'sluice.transaction/v9', id: 'x' },
      { attempts: 5 },
    );
    await expect.poll(() => system.queues[processQueue]?.getFailedCount(), { timeout: 30_000 }).toBe(1);
    const [job] = (await system.queues[processQueue]?.getFailed()) ?? [];
    expect(job?.failedReason).toBe(`'schema' (sluice.transaction/v9) must be ${TRANSACTION_SCHEMA}`);
    await job?.remove();
  });
});

describe('a store that is away', () => {
  it('costs no attempt: the batch waits for it', async () => {
    await system.mongodb.kill();
    await system.elasticsearch.kill();
    const keys = Array.from({ length: 50 }, (_, index) => `away-${index}`);
    for (const key of keys) expect((await system.post('/transactions', key, transfer(1))).status).toBe(202);
    const said = (text: string) => system.lines.filter(({ msg }) => msg === text).length;
    await expect.poll(() => said('store not reached'), { timeout: 30_000 }).toBeGreaterThan(1);
    await Promise.all([system.mongodb.restart(), system.elasticsearch.restart()]);
    await settled();
    const ids = keys.map((key) => transactionId(key, 0));
    const found = await system.collection.find({ _id: { $in: ids } }).toArray();
    expect(found.map(({ audit }) => audit.attempt)).toEqual(Array(50).fill(1));
    await system.index.indices.refresh({ index: 'transactions' });
    const { count } = await system.index.count({ index: 'transactions', query: { ids: { values: ids } } });
    expect(count).toBe(50);
    expect(await system.queues[journalQueue]?.getFailedCount()).toBe(0);
  });
});

describe('a worker that starts while its store is away', () => {
  it('writes as soon as the store is back, with no attempt spent', async () => {
    worker.child.kill('SIGKILL');
    await system.mongodb.kill();
    const said = () => system.lines.filter(({ msg }) => msg === 'store not reached').length;
    const before = said();
    const keys = Array.from({ length: 20 }, (_, index) => `late-${index}`);
    for (const key of keys) expect((await system.post('/transactions', key, transfer(1))).status).toBe(202);
    system.start('process');
    await expect.poll(() => said() - before, { timeout: 60_000 }).toBeGreaterThan(1);
    await system.mongodb.restart();
    await settled();
    const ids = keys.map((key) => transactionId(key, 0));
    const found = await system.collection.find({ _id: { $in: ids } }).toArray();
    expect(found.map(({ audit }) => audit.attempt)).toEqual(Array(20).fill(1));
  });
});

describe('a worker that is killed', () => {
  it('leaves nothing behind: another takes its transactions over', async () => {
    const transactions = Array.from({ length: 100 }, (_, index) => transfer(index + 1));
    const victims = ['process', 'journal'].map((service) => system.start(service));
    for (let batch = 0; batch < 10; batch += 1)
      await system.post('/transactions/batch', `killed-${batch}`, { transactions });
    for (const { child } of victims) child.kill('SIGKILL');
    await settled();
    const ids = Array.from({ length: 10 }, (_, batch) =>
      transactions.map((__, index) => transactionId(`killed-${batch}`, index)),
    );
    expect(await system.collection.countDocuments({ _id: { $in: ids.flat() } })).toBe(1000);
    await system.index.indices.refresh({ index: 'transactions' });
    const { count } = await system.index.count({
      index: 'transactions',
      query: { ids: { values: ids.flat() } },
    });
    expect(count).toBe(1000);
  });
});

describe('a worker that stands still for longer than its locks hold, as in a long garbage collection', () => {
  it('loses its transactions to another, and writes none of them twice when it goes on', async () => {
    const victim = system.start('process');
    await system.mongodb.kill();
    const transactions = Array.from({ length: 100 }, (_, index) => transfer(index + 1));
    for (let batch = 0; batch < 4; batch += 1)
      await system.post('/transactions/batch', `stopped-${batch}`, { transactions });
    // Two workers hold a batch each, and neither can write it.
    await expect.poll(() => system.queues[processQueue]?.getActiveCount(), { timeout: 60_000 }).toBe(200);
    victim.child.kill('SIGSTOP');
    await system.mongodb.restart();
    await settled();
    victim.child.kill('SIGCONT');
    victim.child.kill('SIGTERM');
    expect(await victim.ended).toBe(0);
    const ids = Array.from({ length: 4 }, (_, batch) =>
      transactions.map((__, index) => transactionId(`stopped-${batch}`, index)),
    ).flat();
    expect(await system.collection.countDocuments({ _id: { $in: ids } })).toBe(400);
    expect(await system.queues[processQueue]?.getFailedCount()).toBe(0);
  });
});
