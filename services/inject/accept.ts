import { createHash } from 'node:crypto';
import { Job, type JobJson, type JobsOptions, Queue } from 'bullmq';
import { addStandardJob } from 'bullmq/dist/esm/scripts/addStandardJob-9.js';
import type { Redis } from 'ioredis';
import { sha256, TRANSACTION_QUEUES, type Transaction } from '../../packages/contracts/transaction.ts';

/** What became of a request: taken now, taken before with the same body, or refused because the body is another. */
export type Acceptance = 'accepted' | 'replayed' | 'conflict';

/** A request with the transactions that were made of it. */
export interface AcceptedRequest {
  /** As the client sent it. */
  readonly key: string;
  /** Of all of it. */
  readonly digest: string;
  readonly transactions: readonly Transaction[];
}

/** Where accepted transactions are kept, and how long that may take. */
export interface AcceptorOptions {
  readonly redis: Redis;
  /** How long a key is known after its request was accepted, seconds. */
  readonly keySeconds: number;
}

const { prefix, process: processQueue, journal: journalQueue } = TRANSACTION_QUEUES;

/** Attempts are the worker's to count: this is only more than any of them makes. */
const OPTIONS: JobsOptions = {
  attempts: 1000,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: false,
};

/** Keys and arguments of BullMQ's script for one job. */
const KEYS_OF_A_JOB = addStandardJob.keys;
const ARGUMENTS_OF_A_JOB = 3;

/**
 * The key is claimed and all jobs are added in one script, which Redis runs whole or not at all. Adding is BullMQ's
 * own script of the pinned version, as a function: nothing of its layout is copied.
 */
const ACCEPT = `
local function addJob(KEYS, ARGV)
${addStandardJob.content}
end
local known = redis.call('GET', KEYS[1])
if known == ARGV[1] then return 'replayed' end
if known then return 'conflict' end
local keysOfAJob, argumentsOfAJob = ${KEYS_OF_A_JOB}, ${ARGUMENTS_OF_A_JOB}
for job = 0, (#KEYS - 1) / keysOfAJob - 1 do
  local keys, arguments = {}, {}
  for index = 1, keysOfAJob do keys[index] = KEYS[1 + job * keysOfAJob + index] end
  for index = 1, argumentsOfAJob do arguments[index] = ARGV[2 + job * argumentsOfAJob + index] end
  addJob(keys, arguments)
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 'accepted'
`;

/** Takes a request into both queues, once for each key. */
export class Acceptor {
  readonly #redis: Redis;
  readonly #keySeconds: number;
  readonly #queues: readonly Queue[];

  constructor({ redis, keySeconds }: AcceptorOptions) {
    this.#redis = redis;
    this.#keySeconds = keySeconds;
    // They make keys and arguments, and send nothing: the script is sent by this class.
    this.#queues = [processQueue, journalQueue].map(
      (name) => new Queue(name, { connection: redis, prefix, skipVersionCheck: true }),
    );
    for (const queue of this.#queues) queue.on('error', () => {});
  }

  /** Resolves when Redis has all of it, or nothing. A call that is repeated after a lost answer is `replayed`. */
  async accept({ key, digest, transactions }: AcceptedRequest): Promise<Acceptance> {
    const jobs = await Promise.all(
      transactions.flatMap((transaction) => this.#queues.map((queue) => argumentsOf(queue, transaction))),
    );
    const keys = [`${prefix}:key:${sha256(key)}`, ...jobs.flatMap((job) => job.slice(0, KEYS_OF_A_JOB))];
    const values = [digest, this.#keySeconds, ...jobs.flatMap((job) => job.slice(KEYS_OF_A_JOB))];
    return (await evaluate(this.#redis, keys, values)) as Acceptance;
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close()));
  }
}

type Argument = string | number | Buffer;

/** What BullMQ would send to add this job. */
async function argumentsOf(queue: Queue, transaction: Transaction): Promise<Argument[]> {
  const job = new Job(queue, 'transaction', transaction, OPTIONS, transaction.id);
  const { promise, resolve } = Promise.withResolvers<Argument[]>();
  const recorder = {
    runCommand: (_name: string, sent: Argument[]) => {
      resolve(sent);
      return transaction.id;
    },
  };
  await queue.backend.addJobToTransaction(recorder as never, job.asJSON() as JobJson, transaction.id);
  return promise;
}

const ACCEPT_SHA = createHash('sha1').update(ACCEPT).digest('hex');

/** By its digest; whole where a server that was restarted does not know it. */
async function evaluate(
  redis: Redis,
  keys: readonly Argument[],
  values: readonly Argument[],
): Promise<unknown> {
  try {
    return await redis.evalsha(ACCEPT_SHA, keys.length, ...keys, ...values);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(ACCEPT, keys.length, ...keys, ...values);
  }
}
