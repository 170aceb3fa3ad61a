export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 30_000;

/**
 * Full jitter: uniform in [0, min(30 s, 0.5 s x 2^failures)), so that many clients of a broker that comes back
 * do not come at once. After 6 failures the cap is reached: 0.5 s x 2^6 = 32 s.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function reconnectDelayMs(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
}
