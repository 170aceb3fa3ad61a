/** An Event about a target, before it knows its name and series. */
export interface Notice {
  readonly regarding: {
    readonly kind: 'deployment' | 'hpa';
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** CamelCase: the decision's reason. */
  readonly reason: string;
  /** What was done. */
  readonly action: 'Scale' | 'Freeze';
  readonly note: string;
}

/** A new Event (series of one), or one more occurrence of an Event that exists. */
export interface EventApiLike {
  createEvent(event: Notice & { readonly eventName: string; readonly at: Date }): Promise<void>;
  continueSeries(
    event: { readonly namespace: string; readonly eventName: string },
    series: { readonly count: number; readonly at: Date },
  ): Promise<void>;
}

/** Like client-go's events recorder: occurrences within six minutes are one series. */
const SERIES_MS = 6 * 60_000;
const NOTE_LIMIT = 1000;
/** Waiting Events beyond this are dropped: they are news, not state. */
const PENDING_LIMIT = 100;

interface Series {
  readonly eventName: string;
  count: number;
  lastAt: number;
}

/** Where Events are written. */
export interface RecorderOptions {
  readonly api: EventApiLike;
  readonly failed: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Sends Events one after another, beside the control loop: a slow or dead API server costs it nothing.
 * Repetitions of the same reason and note on one object become a series.
 */
export class EventRecorder {
  readonly #options: RecorderOptions;
  readonly #series = new Map<string, Series>();
  #pending = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  record(notice: Notice): void {
    if (this.#pending >= PENDING_LIMIT) return;
    this.#pending += 1;
    const at = this.#options.now();
    this.#queue = this.#queue
      .then(() => this.#send({ ...notice, note: notice.note.slice(0, NOTE_LIMIT) }, at))
      .catch(this.#options.failed)
      .finally(() => {
        this.#pending -= 1;
      });
  }

  /** Resolves when everything recorded so far is sent or failed. */
  flush(): Promise<void> {
    return this.#queue;
  }

  async #send(notice: Notice, at: number): Promise<void> {
    this.#expire(at);
    const { namespace } = notice.regarding;
    const key = JSON.stringify([notice.regarding, notice.type, notice.reason, notice.note]);
    const running = this.#series.get(key);
    if (running === undefined) return this.#begin(key, notice, at);
    running.count += 1;
    running.lastAt = at;
    const { eventName, count } = running;
    await this.#options.api.continueSeries({ namespace, eventName }, { count, at: new Date(at) });
  }

  async #begin(key: string, notice: Notice, at: number): Promise<void> {
    const suffix = `${at.toString(16)}${Math.floor(Math.random() * 0x1000).toString(16)}`;
    const eventName = `${notice.regarding.name.slice(0, 230)}.${suffix}`;
    await this.#options.api.createEvent({ ...notice, eventName, at: new Date(at) });
    this.#series.set(key, { eventName, count: 1, lastAt: at });
  }

  #expire(now: number): void {
    for (const [key, { lastAt }] of this.#series) if (now - lastAt > SERIES_MS) this.#series.delete(key);
  }
}
