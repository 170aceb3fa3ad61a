import { images } from '../../environments/images.ts';
import { Checks } from '../../packages/contracts/checks.ts';
import type { WorkerPlatform } from '../application.ts';
import { brokerVariables } from './common.ts';
import type { QueueWorkerValues } from './queue-worker.ts';

/** How this repository's own consumer works. */
export interface ConsumerSettings {
  /** Tries before a job is parked. @default 5 */
  readonly maxAttempts?: number;
  /** Bytes of the longest body; a longer one is parked unread. @default 65536 */
  readonly maxBodyBytes?: number;
  /** Unacknowledged jobs one pod holds at a time. @default 1 */
  readonly prefetch?: number;
  /** Seconds of the simulated work, where no handler replaces it. */
  readonly workSeconds: number;
  /** How those seconds are distributed. @default 'constant' */
  readonly workDistribution?: keyof typeof LONGEST_PER_MEAN;
  /** Seconds the process gives the jobs in flight after SIGTERM. @default 30 */
  readonly stopDeadlineSeconds?: number;
}

/** The longest job beside the mean one; exponential: 1 job in 1,100 takes longer. */
const LONGEST_PER_MEAN = { constant: 1, uniform: 2, exponential: 7 } as const;

type Filled = Required<ConsumerSettings>;

/**
 * The image of this repository's consumer, and its variables: part of a queue worker, which reports the faults of
 * the settings with its own.
 */
export function sluiceConsumer(settings: ConsumerSettings) {
  const filled: Filled = {
    ...{ maxAttempts: 5, maxBodyBytes: 64 * 1024, prefetch: 1, stopDeadlineSeconds: 30 },
    workDistribution: 'constant',
    ...settings,
  };
  const { maxAttempts, maxBodyBytes, prefetch, workSeconds, workDistribution, stopDeadlineSeconds } = filled;
  const { faults } = new Checks('The consumer')
    .wholeNumber('maxAttempts', maxAttempts, 1)
    .wholeNumber('maxBodyBytes', maxBodyBytes, 1024)
    .that(workSeconds >= 0, `'workSeconds' (${workSeconds}) must not be negative`);
  return {
    image: images.consumer,
    environment: variables(filled),
    local: { service: 'consumer' },
    meanJobSeconds: workSeconds,
    longestJobSeconds: workSeconds * LONGEST_PER_MEAN[workDistribution],
    ...{ prefetch, stopDeadlineSeconds, faults },
  } satisfies Partial<QueueWorkerValues>;
}

/** @see services/consumer/README.md */
const variables = (settings: Filled) => (told: WorkerPlatform) => ({
  ...brokerVariables(told),
  EXCHANGE: told.queue,
  ROUTING_KEY: told.queue,
  RETRY_ROUTING_KEY: `${told.queue}.retry`,
  PARKING_ROUTING_KEY: `${told.queue}.parked`,
  PREFETCH: String(settings.prefetch),
  MAX_ATTEMPTS: String(settings.maxAttempts),
  MAX_BODY_BYTES: String(settings.maxBodyBytes),
  WORK_SECONDS: String(settings.workSeconds),
  WORK_DISTRIBUTION: settings.workDistribution,
  STOP_DEADLINE_SECONDS: String(settings.stopDeadlineSeconds),
});
