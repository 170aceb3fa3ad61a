import { setTimeout as pause } from 'node:timers/promises';
import { BedError } from '../cluster.ts';

/**
 * Waits for a condition and returns what it gave.
 * @param condition asked again every 100 ms; undefined, false or a rejection mean "not yet"
 * @throws BedError naming `what`, with the last rejection, after `seconds`
 */
export async function until<T>(
  what: string,
  seconds: number,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await pause(100);
  } while (Date.now() < deadline);
  throw new BedError(`waited ${seconds} s for ${what}${last ? `: ${String(last)}` : ''}`, { cause: last });
}
