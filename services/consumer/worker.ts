import { decodeJob, type Job, type Logger } from '@sluice/runtime';
import type { ConsumeMessage } from 'amqplib';
import { type Attempts, attemptsOf, type HandLike } from './attempts.ts';
import { type Fate, type Fates, factsOf, SUCCEEDED } from './fates.ts';
import type { Handle } from './handler.ts';
import type { JobMetrics } from './metrics.ts';
import type { Republisher } from './republisher.ts';

/** What does the jobs, and where their outcomes are reported. */
export interface WorkerOptions {
  readonly queue: string;
  readonly fates: Fates;
  /** A larger body is not read. */
  readonly maxBodyBytes: number;
  readonly handle: Handle;
  readonly republisher: Pick<Republisher, 'republish'>;
  readonly metrics: JobMetrics;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface Delivery {
  readonly message: ConsumeMessage;
  readonly attempts: Attempts;
  readonly startedAt: number;
  durationSeconds: number;
  job?: Job;
}

/**
 * Works on one message after the other, or on several at once. Each ends acknowledged: after its work, or after
 * the broker has confirmed that another queue holds it. What the broker does not take stays unacknowledged.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #now: () => number;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Never rejects: what fails here fails on the broker's side too, and the message comes again. */
  async work(message: ConsumeMessage, hand: HandLike): Promise<void> {
    const { queue, metrics } = this.#options;
    metrics.started();
    const attempts = attemptsOf(message.properties, queue);
    const delivery: Delivery = { message, attempts, startedAt: this.#now(), durationSeconds: 0 };
    const early = this.#read(delivery);
    if (early === undefined || !(await this.#settled(delivery, early, hand))) {
      let fate = SUCCEEDED;
      try {
        // Awaited here, not in a method of its own: it runs for every job.
        await this.#begin(delivery);
      } catch (error) {
        fate = this.#failed(delivery, error);
      }
      delivery.durationSeconds = (this.#now() - delivery.startedAt) / 1000;
      if (fate === SUCCEEDED) this.#conclude(delivery, fate, hand);
      else await this.#settled(delivery, fate, hand);
    }
    metrics.ended();
  }

  /** @returns what becomes of a message that is not to be worked on (now) */
  #read(delivery: Delivery): Fate | undefined {
    const { fates, maxBodyBytes } = this.#options;
    const { message, attempts } = delivery;
    try {
      delivery.job = decodeJob(message.content, maxBodyBytes);
    } catch (error) {
      const fate = fates.invalid(error, attempts);
      this.#warn(delivery, error, true);
      return fate;
    }
    return message.fields.redelivered ? fates.lost(message, attempts) : undefined;
  }

  #begin(delivery: Delivery): unknown {
    const { handle, metrics } = this.#options;
    const { job, attempts } = delivery;
    metrics.waited(waitSeconds(delivery));
    const attempt = attempts.failed + attempts.lost + 1;
    return handle(job as Job, { attempt, redelivered: redelivered(delivery) });
  }

  #failed(delivery: Delivery, error: unknown): Fate {
    this.#warn(delivery, error, false);
    return this.#options.fates.failed(error, delivery.attempts);
  }

  /** @returns false when the message is to be worked on after all: the broker takes no messages for now */
  async #settled(delivery: Delivery, fate: Fate, hand: HandLike): Promise<boolean> {
    if (fate.to === undefined) return true;
    const { message, attempts } = delivery;
    const { to, headers, kind } = fate;
    const jobId = idOf(delivery);
    // Jobs must not pile up behind a broker that is full: only what has killed before waits for it.
    const unlessBlocked = kind === 'redelivered' && attempts.lost === 0;
    const end = await this.#options.republisher.republish(
      { message, jobId, to, headers, unlessBlocked },
      hand,
    );
    if (end === 'blocked') return false;
    if (end === 'confirmed') this.#conclude(delivery, fate, hand);
    else this.#options.log.warn({ jobId, outcome: kind }, 'outcome not delivered');
    return true;
  }

  /** Said before the ack: whatever the broker lets go of has been reported, also when this process is killed. */
  #conclude(delivery: Delivery, fate: Fate, hand: HandLike): void {
    this.#report(delivery, fate);
    try {
      hand.ack(delivery.message);
    } catch (error) {
      // The channel closed meanwhile: the broker delivers the message again.
      const facts = { jobId: idOf(delivery), outcome: fate.kind, err: error };
      this.#options.log.warn(facts, 'outcome not delivered');
    }
  }

  #report(delivery: Delivery, fate: Fate): void {
    const { metrics, log } = this.#options;
    const jobId = idOf(delivery);
    if (fate.kind === 'redelivered') {
      metrics.redelivered();
      log.warn({ jobId, ...fate.headers }, 'delivery lost');
      return;
    }
    if (fate.kind === 'parked') metrics.parked(fate.why);
    const { durationSeconds } = delivery;
    metrics.finished(fate.kind, durationSeconds);
    log.info(
      {
        jobId,
        outcome: fate.kind,
        redelivered: redelivered(delivery),
        waitSeconds: waitSeconds(delivery),
        durationSeconds,
      },
      'job processed',
    );
  }

  #warn(delivery: Delivery, error: unknown, invalid: boolean): void {
    const { failed, lost } = delivery.attempts;
    const attempts = failed + lost + Number(!invalid);
    const facts = { jobId: idOf(delivery), attempts, invalid, err: factsOf(error) };
    this.#options.log.warn(facts, 'attempt failed');
  }
}

const redelivered = ({ message, attempts }: Delivery): boolean =>
  message.fields.redelivered || attempts.lost > 0;

/** Clocks of two machines differ: a wait is never below 0. */
const waitSeconds = ({ job, startedAt }: Delivery): number =>
  job === undefined ? 0 : Math.max(0, (startedAt - job.enqueuedAt) / 1000);

const idOf = ({ job, message }: Delivery): string => job?.id ?? String(message.properties.messageId ?? '');
