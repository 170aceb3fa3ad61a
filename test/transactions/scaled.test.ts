import { join } from 'node:path';
import { latch } from '@sluice/policy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TRANSACTION_QUEUES, transactionId } from '../../packages/contracts/transaction.ts';
import { bankPasswordOf } from '../support/bank-redis.ts';
import { TransactionSystem, transfer } from './harness.ts';

let system: TransactionSystem;
const REPLICAS = 2;

beforeAll(async () => {
  system = await TransactionSystem.open();
  await system.startInject();
  const services = [TRANSACTION_QUEUES.process, TRANSACTION_QUEUES.journal];
  const workloads = services.map((name) => ({
    name,
    source: {
      ...{ kind: 'redis', url: system.redis.url, prefix: TRANSACTION_QUEUES.prefix, queue: name },
      ...{ username: 'scaler', passwordFile: system.fleet.file('scaler', bankPasswordOf('scaler')) },
    },
    target: {
      kind: 'process',
      command: [process.execPath, join(import.meta.dirname, '..', '..', 'services', name, 'main.ts')],
      env: {
        ...{ ...system.environmentOf(name), HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' },
        PATH: process.env.PATH ?? '',
      },
      graceSeconds: 20,
    },
    policy: latch({ replicas: REPLICAS, startWhen: { readyAtLeast: 10 } }),
  }));
  const file = system.fleet.file('scaler.json', { pollSeconds: 1, workloads });
  system.start('scaler', { CONFIG_FILE: file });
});

afterAll(() => system.stop());

/** The counts that the scaler decided on, as they changed. */
const countsOf = (workload: string): unknown[] =>
  system.lines
    .filter((line) => line.msg === 'decision' && line.workload === workload)
    .map(({ replicas }) => replicas)
    .filter((replicas, index, all) => replicas !== all[index - 1]);

it('process and journal go from 0 to several and back, each by its own queue, and every transaction is in both stores', async () => {
  const transactions = Array.from({ length: 100 }, (_, index) => transfer(index + 1));
  expect((await system.post('/transactions/batch', 'scaled', { transactions })).status).toBe(202);
  for (const workload of ['process', 'journal'])
    await expect.poll(() => countsOf(workload), { timeout: 120_000 }).toEqual([REPLICAS, 0]);
  expect(await system.pending()).toBe(0);
  const ids = transactions.map((_, index) => transactionId('scaled', index));
  expect(await system.collection.countDocuments({ _id: { $in: ids } })).toBe(100);
  await system.index.indices.refresh({ index: 'transactions' });
  expect((await system.index.count({ index: 'transactions' })).count).toBe(100);
});
