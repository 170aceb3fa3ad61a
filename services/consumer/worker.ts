import { decodeJob, InvalidJobError, type Job, type Logger } from '@sluice/runtime';
import type { ConsumeMessage } from 'amqplib';
import { failedAttempts } from './attempts.ts';
import type { Handle } from './handler.ts';
import type { JobMetrics, Outcome } from './metrics.ts';
import type { Park } from './parking.ts';

/** How an outcome is told to the broker. */
export interface AcknowledgerLike {
  ack(message: ConsumeMessage): void;
  nack(message: ConsumeMessage, allUpTo: boolean, requeue: boolean): void;
}

export interface WorkerOptions {
  readonly queue: string;
  readonly maxAttempts: number;
  readonly handle: Handle;
  readonly metrics: JobMetrics;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface Delivery {
  readonly message: ConsumeMessage;
  readonly startedAt: number;
  readonly job?: Job;
}

/** Works on one message after the other, or on several at once; each ends acknowledged or rejected. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #now: () => number;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Never rejects: what fails here fails on the broker's side too, and the message comes again. */
  async work(message: ConsumeMessage, channel: AcknowledgerLike, park: Park): Promise<void> {
    const { metrics, log } = this.#options;
    const startedAt = this.#now();
    metrics.started();
    let delivery: Delivery = { message, startedAt };
    let outcome: Outcome = 'retried';
    try {
      const job = decodeJob(message.content);
      delivery = { message, startedAt, job };
      metrics.waited(waitSeconds(job, startedAt));
      const attempt = failedAttempts(message.properties, this.#options.queue) + 1;
      await this.#options.handle(job, { attempt, redelivered: message.fields.redelivered });
      outcome = 'succeeded';
    } catch (error) {
      outcome = await this.#fail(delivery, error, park);
    }
    const durationSeconds = (this.#now() - startedAt) / 1000;
    metrics.finished(outcome, durationSeconds);
    // Said before the ack: whatever the broker lets go of has been reported, also when this process is killed.
    this.#report(delivery, outcome, durationSeconds);
    try {
      if (outcome === 'retried') channel.nack(message, false, false);
      else channel.ack(message);
    } catch (error) {
      // The channel closed meanwhile: the broker delivers the message again.
      log.warn({ jobId: idOf(delivery), outcome, err: error }, 'outcome not delivered');
    }
  }

  /** @returns 'parked' only when the broker has confirmed that it holds the message there. */
  async #fail(delivery: Delivery, error: unknown, park: Park): Promise<Outcome> {
    const { queue, maxAttempts, log } = this.#options;
    const { message } = delivery;
    const invalid = error instanceof InvalidJobError;
    const attempts = failedAttempts(message.properties, queue) + (invalid ? 0 : 1);
    const reason = `${invalid ? 'invalid message' : 'attempts exhausted'}: ${messageOf(error)}`;
    log.warn({ jobId: idOf(delivery), attempts, maxAttempts, invalid, err: error }, 'attempt failed');
    if (!invalid && attempts < maxAttempts) return 'retried';
    try {
      await park(message, reason, attempts);
      return 'parked';
    } catch (parkingError) {
      log.error({ jobId: idOf(delivery), err: parkingError }, 'not parked');
      return 'retried';
    }
  }

  #report(delivery: Delivery, outcome: Outcome, durationSeconds: number): void {
    const { job, message, startedAt } = delivery;
    this.#options.log.info(
      {
        jobId: idOf(delivery),
        outcome,
        redelivered: message.fields.redelivered,
        waitSeconds: job === undefined ? 0 : waitSeconds(job, startedAt),
        durationSeconds,
      },
      'job processed',
    );
  }
}

/** Clocks of two machines differ: a wait is never below 0. */
const waitSeconds = (job: Job, startedAt: number): number => Math.max(0, (startedAt - job.enqueuedAt) / 1000);

const idOf = ({ job, message }: Delivery): string => job?.id ?? String(message.properties.messageId ?? '');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
