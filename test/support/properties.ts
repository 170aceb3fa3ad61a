/** How often properties are tried: a few times in each run of the tests, many times every night. */

/** The variable that multiplies every number of tries. */
export const PROPERTY_RUNS = 'PROPERTY_RUNS';

/** Tries of a property that names no number, before they are multiplied. */
export const DEFAULT_RUNS = 50;

/** @returns what `PROPERTY_RUNS` says, 1 where it is not set. @throws Error where it is no whole number from 1 */
export function propertyFactor(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const text = env[PROPERTY_RUNS] ?? '1';
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Error(`'${PROPERTY_RUNS}' (${text}) must be a whole number from 1 to 99999`);
  return Number(text);
}

/** @param count tries in a run of `npm test` */
export const runs = (count: number): number => count * propertyFactor();
