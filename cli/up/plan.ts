import { local } from '../../apps/environments.ts';
import { jobsWorkload, maxReplicas } from '../../apps/jobs.ts';
import { type QueueTopology, workQueue } from '../../charts/queue-topology.ts';
import type { UpOptions } from './options.ts';

/** What apps/ wants of the workload, as this machine runs it. */
export type SystemPlan = ReturnType<typeof planFor>;

/** The local environment's workload; an option of the command line goes before what apps/ says. */
export function planFor({ workSeconds }: Partial<Pick<UpOptions, 'workSeconds'>> = {}) {
  const jobs = jobsWorkload(local);
  return {
    ...jobs,
    name: 'consumer',
    maxReplicas: maxReplicas(jobs.policy),
    workSeconds: workSeconds ?? jobs.workSeconds,
    /** TOPOLOGY_FILE; a user without a password file is not declared. */
    topology: (vhost: string, passwordFiles: Readonly<Record<string, string>>): QueueTopology =>
      workQueue({ queue: jobs.queue, retrySeconds: jobs.retrySeconds, vhost, passwordFiles }),
  };
}
