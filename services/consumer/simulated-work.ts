import type { Handle } from './handler.ts';

export type WorkDistribution = 'constant' | 'uniform' | 'exponential';

/** Seconds of work for one `random` in [0, 1); the mean over many is `meanSeconds`. */
export function workSeconds(distribution: WorkDistribution, meanSeconds: number, random: number): number {
  if (distribution === 'uniform') return 2 * meanSeconds * random;
  // 1 - random lies in (0, 1]: its logarithm is finite.
  if (distribution === 'exponential') return -Math.log(1 - random) * meanSeconds;
  return meanSeconds;
}

/** The built-in handler: waits as long as the work would take. */
export function simulatedWork(
  distribution: WorkDistribution,
  meanSeconds: number,
  random: () => number = Math.random,
): Handle {
  if (meanSeconds === 0) return () => undefined;
  return () =>
    new Promise((resolve) => setTimeout(resolve, workSeconds(distribution, meanSeconds, random()) * 1000));
}
