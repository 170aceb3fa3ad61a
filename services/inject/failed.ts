/** The failed set of a queue: shows each transaction with its reason, or has it tried again. */
import { parseArgs } from 'node:util';
import { runMain, serviceFields } from '@sluice/runtime';
import { connectRedis, redisFields } from '@sluice/runtime/redis';
import { type Job, Queue } from 'bullmq';
import * as z from 'zod';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';

const USAGE = `usage: failed.ts process|journal [--retry [ID ...]]
  shows one line for each transaction in the failed set; --retry tries all of them again, or those named
`;
const PAGE = 500;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { retry: { type: 'boolean', default: false } },
});
const [queueName = '', ...ids] = positionals;
const named = queueName === TRANSACTION_QUEUES.process || queueName === TRANSACTION_QUEUES.journal;
if (!named || (ids.length > 0 && !values.retry)) {
  process.stderr.write(USAGE);
  process.exit(2);
}

/** Oldest first; all are read before one of them leaves the set. */
async function failedOf(queue: Queue): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let start = 0; ; start += PAGE) {
    const page = await queue.getJobs('failed', start, start + PAGE - 1, true);
    jobs.push(...page);
    if (page.length < PAGE) return jobs;
  }
}

await runMain({
  service: 'inject',
  schema: z.object({ ...redisFields, ...serviceFields }),
  stopSeconds: () => 5,
  run: async ({ config, log, stop }) => {
    const connection = connectRedis(config, log);
    const queue = new Queue(queueName, { connection, prefix: TRANSACTION_QUEUES.prefix });
    stop.onStop('redis', () => connection.disconnect());
    const jobs = (await failedOf(queue)).filter(({ id = '' }) => ids.length === 0 || ids.includes(id));
    for (const job of jobs) {
      const { id, failedReason: reason, attemptsMade: attempts, finishedOn } = job;
      const facts = {
        jobId: id,
        queue: queueName,
        reason,
        attempts,
        failedAt: new Date(finishedOn ?? 0).toISOString(),
      };
      if (values.retry) await job.retry('failed', { resetAttemptsMade: true });
      if (values.retry) log.info(facts, 'tried again');
      else log.info(facts, 'in the failed set');
    }
    const unknown = ids.filter((id) => !jobs.some((job) => job.id === id));
    if (unknown.length > 0) log.error({ unknown, queue: queueName }, 'not in the failed set');
    return unknown.length > 0 ? 1 : 0;
  },
});
