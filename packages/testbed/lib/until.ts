import { setTimeout as pause } from 'node:timers/promises';
import { TestbedError } from '../cluster.ts';
import { slowness } from './patience.ts';

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/**
 * Milliseconds between two looks: a look that takes long costs much (a process is started, in a pod or here), so it is
 * made less often. Without that, waiting takes the machine from what is waited for.
 */
export const pauseAfter = (lookMs: number): number =>
  Math.min(Math.max(SHORTEST_PAUSE_MS, 2 * lookMs), LONGEST_PAUSE_MS);

/**
 * Waits for a condition and returns what it gave.
 * @param seconds on a quiet machine; on a busy one each second counts for less
 * @param condition asked again after `pauseAfter`; undefined, false or a rejection mean "not yet"
 * @throws TestbedError naming `what`, with the last rejection, after `seconds`
 */
export async function until<T>(
  what: string,
  seconds: number,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  slow: () => number = slowness,
): Promise<T> {
  const began = performance.now();
  let left = seconds * 1000;
  let last: unknown;
  for (let before = began; left > 0; ) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await pause(pauseAfter(performance.now() - before));
    const now = performance.now();
    left -= (now - before) / slow();
    before = now;
  }
  const waited = Math.round((performance.now() - began) / 1000);
  throw new TestbedError(`waited ${waited} s for ${what}${last ? `: ${String(last)}` : ''}`, { cause: last });
}

/** How far something is that is waited for. */
export interface Progress {
  readonly done: boolean;
  /** What is there so far, in words; another text is a sign of life. */
  readonly state: string;
}

/**
 * Waits for the end of work as long as it makes progress: a slow machine is no fault, one without progress is.
 * @param stillSeconds without another state, on a quiet machine
 * @throws TestbedError with the last state
 */
export async function untilDone(
  what: string,
  stillSeconds: number,
  look: () => Promise<Progress> | Progress,
  slow: () => number = slowness,
): Promise<void> {
  let last: string | undefined;
  for (let done = false; !done; )
    await until(
      `${what}: nothing has moved since '${last}'`,
      stillSeconds,
      async () => {
        const { done: ended, state } = await look();
        done = ended;
        const moved = ended || state !== last;
        last = state;
        return moved;
      },
      slow,
    );
}
