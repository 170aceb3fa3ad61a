const PENDING = 0;
const SENT = 1;
const CONFIRMED = 2;
const RETURNED = 3;

/** Which jobs of a run are where: pending -> sent -> confirmed or returned; sent jobs of a lost connection are pending again. */
export class Progress {
  readonly #states: Uint8Array;
  #cursor = 0;
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
    const states = this.#states;
    while (this.#cursor < states.length && states[this.#cursor] !== PENDING) this.#cursor += 1;
    if (this.#cursor === states.length) return undefined;
    states[this.#cursor] = SENT;
    this.#sent += 1;
    this.#cursor += 1;
    return this.#cursor - 1;
  }

  /** The broker sends a return before the confirm of the same message. */
  returnedUnroutable(index: number): void {
    if (this.#states[index] !== SENT) return;
    this.#states[index] = RETURNED;
    this.#returned += 1;
  }

  acknowledged(index: number): void {
    this.#sent -= 1;
    if (this.#states[index] !== SENT) return;
    this.#states[index] = CONFIRMED;
    this.#confirmed += 1;
  }

  /** The connection is gone: what was sent on it may or may not have arrived, so it is sent again. */
  sendAgain(): void {
    for (let index = 0; index < this.#states.length; index += 1)
      if (this.#states[index] === SENT) this.#states[index] = PENDING;
    this.#sent = 0;
    this.#cursor = 0;
  }
}
