import { baseOf, latch, type Policy } from '@sluice/policy';

/** The work that flows through this system, and how it scales. */
export interface JobsWorkload {
  /** The queue; its exchange, retries and parked jobs are named after it. */
  readonly queue: string;
  /** Minutes between two publisher runs. */
  readonly everyMinutes: number;
  /** Jobs in one run. */
  readonly jobsPerRun: number;
  /** Seconds one job takes. */
  readonly workSeconds: number;
  /** Seconds a failed job waits before it is tried again. */
  readonly retrySeconds: number;
  /** Tries before a job is parked. */
  readonly maxAttempts: number;
  /** Bytes of the longest job; a longer one is parked unread. */
  readonly maxBodyBytes: number;
  /** Seconds a consumer gives the job in hand after SIGTERM. */
  readonly stopDeadlineSeconds: number;
  /** Seconds between two readings of the backlog. */
  readonly pollSeconds: number;
  /** The same while nothing runs, so that the first job waits no whole poll. */
  readonly idlePollSeconds: number;
  /** When it scales, and to what. */
  readonly policy: Policy;
}

declare module '../environments/environment.ts' {
  interface Environment {
    /** What this environment wants otherwise of the work. @default nothing */
    readonly jobs?: Partial<JobsWorkload>;
  }
}

const jobs: JobsWorkload = {
  queue: 'jobs',
  everyMinutes: 10,
  jobsPerRun: 100,
  workSeconds: 5,
  retrySeconds: 30,
  maxAttempts: 5,
  maxBodyBytes: 64 * 1024,
  stopDeadlineSeconds: 30,
  pollSeconds: 5,
  idlePollSeconds: 0.5,
  // The line to change: 25 consumers at 100 waiting jobs, or one a job as soon as one has waited a minute.
  policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } }),
};

/** The work as one environment wants it: its differences are data in environments.ts. */
export const jobsWorkload = (environment: { readonly jobs?: Partial<JobsWorkload> }): JobsWorkload => ({
  ...jobs,
  ...environment.jobs,
});

/** The highest count a policy can ask for. */
export const maxReplicas = (policy: Policy): number => baseOf(policy).maxReplicas;
