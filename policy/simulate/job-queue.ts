/**
 * The broker's queue, first in, first out. Jobs are numbers, not objects: arrivals by second in one typed
 * array and a cursor; only jobs that were delivered and came back are kept one by one, in front.
 */
export class JobQueue {
  readonly #counts: Uint32Array;
  /** Youngest first, so that the head is popped. */
  readonly #returned: Returned[] = [];
  /** Seconds whose arrivals are in. */
  #until = 0;
  /** Second that the head of the line arrived in, and how many of that second are taken. */
  #second = 0;
  #taken = 0;
  #waiting = 0;
  #nextIndex = 0;

  /** The index of the job that `take` returned last. */
  index = 0;
  arrivedAt = 0;

  constructor(counts: Uint32Array) {
    this.#counts = counts;
  }

  get length(): number {
    return this.#waiting + this.#returned.length;
  }

  /** The number of all arrivals until now. */
  admitted = 0;

  /** Lets the arrivals of one more second in. */
  enqueueArrivals(): void {
    const arrived = this.#counts[this.#until] ?? 0;
    this.#waiting += arrived;
    this.admitted += arrived;
    this.#until += 1;
  }

  /** A job whose replica was killed: it keeps its age and its place in the line, which is in front. */
  requeue(job: Returned): void {
    this.#returned.push(job);
    this.#returned.sort((a, b) => b.index - a.index);
  }

  /** The instant from which the head of the queue can be taken; only for a queue that is not empty. */
  headAvailableAt(): number {
    const returned = this.#returned.at(-1);
    return returned === undefined ? this.#head() : returned.availableAt;
  }

  /** When the job that waits longest arrived. */
  oldestArrival(): number | undefined {
    if (this.length === 0) return undefined;
    const line = this.#waiting > 0 ? this.#head() : Number.POSITIVE_INFINITY;
    return this.#returned.reduce((oldest, { arrivedAt }) => Math.min(oldest, arrivedAt), line);
  }

  /** Takes the head: its index and arrival are in `index` and `arrivedAt`, to spare an object a job. */
  take(): void {
    const returned = this.#returned.pop();
    if (returned === undefined) {
      this.arrivedAt = this.#head();
      this.index = this.#nextIndex;
      this.#nextIndex += 1;
      this.#taken += 1;
      this.#waiting -= 1;
      return;
    }
    this.arrivedAt = returned.arrivedAt;
    this.index = returned.index;
  }

  #head(): number {
    while (this.#taken >= (this.#counts[this.#second] ?? 0) && this.#second < this.#until) {
      this.#second += 1;
      this.#taken = 0;
    }
    return this.#second;
  }
}

/** A job that came back to the queue, and when it can be taken again, seconds. */
export interface Returned {
  readonly index: number;
  readonly arrivedAt: number;
  readonly availableAt: number;
}
