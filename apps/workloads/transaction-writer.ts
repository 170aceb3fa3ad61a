import { proportional } from '@sluice/policy';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { membersOf } from '../platform/mongodb.ts';
import type { StoreAccess } from '../platform/stores.ts';
import type { QueueWorkerValues } from './queue-worker.ts';

/** How transactions are written to a store. */
export interface WriterSettings {
  /** Transactions that one pod is meant to have, waiting and in work. */
  readonly perReplica: number;
  readonly maxReplicas: number;
  /** Transactions in hand at once, and in one write. */
  readonly batch: number;
}

const STOP_SECONDS = 30;
/** What the longest write of one batch takes. */
const WRITE_SECONDS = 10;

/** What process and journal have in common; undefined where the environment has no transactions. */
export function transactionWriter(
  queue: 'process' | 'journal',
  store: Omit<StoreAccess, 'name'>,
  { perReplica, maxReplicas, batch }: WriterSettings,
  environment: Environment,
): QueueWorkerValues | undefined {
  const { redis, transactions } = environment;
  if (redis === undefined || transactions === undefined) return undefined;
  return {
    image: images[queue],
    queue: { prefix: TRANSACTION_QUEUES.prefix, queue },
    policy: proportional({ perReplica, maxReplicas }),
    environment: () => ({
      ...{ REDIS_FSYNC: redis.fsync, BATCH: String(batch) },
      STOP_DEADLINE_SECONDS: String(STOP_SECONDS),
      // A copy of each shard has a node of its own.
      ...(store.store === 'elasticsearch' && { INDEX_REPLICAS: membersOf(environment) > 1 ? '1' : '0' }),
    }),
    stores: [store],
    // A batch is written at once: a pod that stops finishes the one that it has.
    ...{ prefetch: batch, longestJobSeconds: WRITE_SECONDS / batch, meanJobSeconds: 0.01 },
    stopDeadlineSeconds: STOP_SECONDS,
    resources: { cpu: '100m', memory: '192Mi' },
  };
}
