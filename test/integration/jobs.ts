import type { GetMessage } from 'amqplib';
import { encodeJob, jobId } from '../../services/runtime/index.ts';
import type { JobHarness } from '../support/job-harness.ts';

/** Of the jobs of a run, in order. */
export const idsOf = (run: string, jobs: number): string[] =>
  Array.from({ length: jobs }, (_, index) => jobId(run, index));

/** Publishes valid jobs. @returns their ids */
export async function publishJobs(harness: JobHarness, run: string, jobs: number): Promise<string[]> {
  const ids = idsOf(run, jobs);
  for (const [index, messageId] of ids.entries())
    await harness.send(encodeJob(run, index, Date.now()), { messageId });
  return ids;
}

/** Takes all that is ready out of a queue. */
export async function takeAll(harness: JobHarness, queue = 'jobs'): Promise<GetMessage[]> {
  const taken: GetMessage[] = [];
  for (let message = await harness.take(queue); message; message = await harness.take(queue))
    taken.push(message);
  return taken;
}

/** `id:outcome` of every attempt so far, in the order in which they ended. */
export const outcomes = (harness: JobHarness): string[] =>
  harness.of('job processed').map(({ jobId: id, outcome }) => `${id}:${outcome}`);
