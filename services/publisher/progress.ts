const PENDING = 0;
const SENT = 1;
const CONFIRMED = 2;
const RETURNED = 3;
/** Sent and returned; its confirm is still to come. */
const RETURNING = 4;

/**
 * Which jobs of a run are where: pending -> sent -> confirmed or returned, each in one place at a time. Jobs that
 * the broker refused or that a lost connection left unconfirmed are pending again. A confirm of what is not sent
 * changes nothing.
 */
export class Progress {
  readonly #states: Uint8Array;
  #cursor = 0;
  /** Refused, before the cursor. */
  #again: number[] = [];
  #refused = 0;
  #confirmed = 0;
  #returned = 0;
  #sent = 0;

  constructor(jobs: number) {
    this.#states = new Uint8Array(jobs);
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  /** No queue took them. */
  get returned(): number {
    return this.#returned;
  }

  /** How often the broker refused a job; it may have refused the same one many times. */
  get refused(): number {
    return this.#refused;
  }

  /** Published and not confirmed. */
  get unconfirmed(): number {
    return this.#sent;
  }

  /** Every job is confirmed or returned. */
  get settled(): boolean {
    return this.#sent === 0 && this.#confirmed + this.#returned === this.#states.length;
  }

  /** @returns the next job to publish, which counts as sent from now on; undefined when there is none. */
  next(): number | undefined {
    const index = this.#again.shift() ?? this.#following();
    if (index === undefined) return undefined;
    this.#states[index] = SENT;
    this.#sent += 1;
    return index;
  }

  #following(): number | undefined {
    const states = this.#states;
    while (this.#cursor < states.length && states[this.#cursor] !== PENDING) this.#cursor += 1;
    if (this.#cursor === states.length) return undefined;
    this.#cursor += 1;
    return this.#cursor - 1;
  }

  /** The broker did not take it, and it alone: it is pending again. */
  refusedByBroker(index: number): void {
    const state = this.#states[index];
    if (state !== SENT && state !== RETURNING) return;
    this.#states[index] = PENDING;
    this.#sent -= 1;
    this.#refused += 1;
    this.#again.push(index);
  }

  /** The broker sends a return before the confirm of the same message. */
  returnedUnroutable(index: number): void {
    if (this.#states[index] === SENT) this.#states[index] = RETURNING;
  }

  acknowledged(index: number): void {
    const state = this.#states[index];
    if (state !== SENT && state !== RETURNING) return;
    this.#sent -= 1;
    if (state === SENT) this.#confirmed += 1;
    else this.#returned += 1;
    this.#states[index] = state === SENT ? CONFIRMED : RETURNED;
  }

  /** The connection is gone: what was sent on it may or may not have arrived, so it is sent again. */
  sendAgain(): void {
    for (let index = 0; index < this.#states.length; index += 1) {
      const state = this.#states[index];
      if (state === SENT || state === RETURNING) this.#states[index] = PENDING;
    }
    this.#sent = 0;
    this.#cursor = 0;
    this.#again = [];
  }
}
