/** Uniform numbers in [0, 1), the same for the same seed on every machine. */
export type Random = () => number;

/** mulberry32: 32 bits of state, enough for arrivals. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
}

/**
 * The uniform number of one job. It depends on the job alone, not on the order in which jobs start, so
 * two policies are compared on exactly the same work.
 */
export const randomAt = (seed: number, index: number): number =>
  mix(Math.imul(index + 1, 0x9e3779b1) ^ mix(seed)) / 2 ** 32;

/** Poisson by Knuth's product, in parts so that exp() does not underflow. */
export function poisson(mean: number, random: Random): number {
  let events = 0;
  for (let rest = mean; rest > 0; rest -= 500) events += poissonPart(Math.min(rest, 500), random);
  return events;
}

function poissonPart(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let events = 0;
  for (let product = random(); product > limit; product *= random()) events += 1;
  return events;
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 15), x | 1);
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
  return (x ^ (x >>> 14)) >>> 0;
}
