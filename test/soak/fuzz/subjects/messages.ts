import { decodeJob, encodeJob, InvalidJobError, type Job } from '@sluice/runtime';
import fc from 'fast-check';
import type { TransactionRequest } from '../../../../packages/contracts/transaction.ts';
import { attemptsOf } from '../../../../services/consumer/attempts.ts';
import { InvalidRequest, parseBatch } from '../../../../services/inject/validate.ts';
import { jsonOf, mutated, mutatedData, values } from '../mutate.ts';
import { firstOf, MAX_INSTANT_MS, unless } from '../oracles.ts';
import { CANARY, parsing, subject } from '../subject.ts';

const jobs = fc
  .tuple(fc.constantFrom('run', 'publisher-29731', 'é'), fc.nat({ max: 10_000_000 }), fc.nat())
  .map(([runId, index, at]) => encodeJob(runId, index, at).toString('utf8'));

const bodies = fc.oneof(
  { weight: 3, arbitrary: mutated(jobs).map((text) => Buffer.from(text)) },
  {
    weight: 5,
    arbitrary: mutatedData(jobs.map((text) => ({ ...JSON.parse(text), password: CANARY }))).map((data) =>
      Buffer.from(jsonOf(data)),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
);

/** The body of a message. What it holds besides a job's own fields is not repeated. */
export const job = subject<Buffer, Job>({
  name: 'job',
  inputs: bodies,
  parse: (body) => parsing(() => decodeJob(body), InvalidJobError),
  nonsense: ({ id, runId, index, enqueuedAt }) =>
    firstOf(
      unless(id.length > 0 && Buffer.byteLength(id) <= 255, `id of ${Buffer.byteLength(id)} bytes`),
      unless(
        runId.length > 0 && Buffer.byteLength(runId) <= 255,
        `runId of ${Buffer.byteLength(runId)} bytes`,
      ),
      unless(Number.isSafeInteger(index) && index >= 0, `index ${index}`),
      unless(
        Number.isSafeInteger(enqueuedAt) && enqueuedAt >= 0 && enqueuedAt <= MAX_INSTANT_MS,
        `enqueuedAt ${enqueuedAt}`,
      ),
    ),
});

const death = {
  ...{ reason: 'rejected', queue: 'jobs', count: 3, exchange: 'jobs', 'routing-keys': ['jobs'] },
  time: { '!': 'timestamp', value: 1_700_000_000 },
};
const expired = { ...death, reason: 'expired', queue: 'jobs.retry' };
const headers = mutatedData(
  fc.constantFrom<object>(
    { 'x-death': [death, expired] },
    { 'x-death': [expired, death, { ...death, count: 2 }] },
    { 'x-death': [] },
    { 'x-sluice-failed': 2, 'x-sluice-lost': 1, 'x-delivery-count': 1, 'x-death': [death] },
    {},
  ),
);

/** Headers that anybody may have written. */
export const xDeath = subject<unknown, number>({
  name: 'x-death',
  inputs: fc.oneof({ weight: 9, arbitrary: headers }, { weight: 1, arbitrary: values }),
  parse: (input) => {
    const { failed, lost } = attemptsOf({ headers: input as Record<string, unknown> }, 'jobs');
    return { accepted: failed + lost };
  },
  nonsense: (attempts) =>
    unless(Number.isSafeInteger(attempts) && attempts >= 0, `${attempts} failed attempts`),
});

const transfer = {
  ...{ currency: 'EUR', exponent: 2, description: 'rent' },
  entries: [
    { account: 'a', amount: -500 },
    { account: 'b:1', amount: 400 },
    { account: 'c', amount: 100 },
  ],
};
const batches = mutatedData(
  fc.constantFrom<object>(
    { transactions: [transfer] },
    { transactions: [transfer, { ...transfer, currency: 'JPY', exponent: 0 }] },
  ),
);

/** The body of a request of several transactions. */
export const transactions = subject<unknown, readonly TransactionRequest[]>({
  name: 'transactions',
  inputs: fc.oneof({ weight: 9, arbitrary: batches }, { weight: 1, arbitrary: values }),
  parse: (body) => parsing(() => parseBatch(body), InvalidRequest),
  nonsense: (accepted) =>
    firstOf(
      unless(accepted.length > 0, 'no transaction'),
      ...accepted.map(({ entries, exponent }) =>
        firstOf(
          unless(exponent >= 0 && exponent <= 4, `exponent ${exponent}`),
          unless(
            entries.every(({ amount }) => Number.isSafeInteger(amount) && amount !== 0),
            'an amount that is no whole number of minor units',
          ),
          unless(entries.reduce((sum, { amount }) => sum + BigInt(amount), 0n) === 0n, 'no balance'),
        ),
      ),
    ),
});
