import type { Sample } from './history.ts';

/** What the slope is taken over, milliseconds: short enough to follow, long enough for several polls of a scaler. */
const WINDOW_MS = 30_000;
const LEAST_MS = 5000;

/**
 * Seconds until the backlog is 0 if it goes on falling as it does now (least squares over the last 30 s; arrivals are in
 * it). @returns undefined where it does not fall, or too little is known
 */
export function secondsToDrained(samples: readonly Sample[]): number | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const backlog = last.ready + last.unacked;
  if (backlog === 0) return 0;
  const recent = fallingTail(samples.filter(({ at }) => last.at - at <= WINDOW_MS));
  const first = recent[0];
  if (first === undefined || last.at - first.at < LEAST_MS) return undefined;
  const slope = slopeOf(recent);
  return slope < 0 ? backlog / -slope : undefined;
}

/** From the last peak on: what arrived before it has nothing to do with how fast it falls. */
function fallingTail(samples: readonly Sample[]): readonly Sample[] {
  const work = samples.map(({ ready, unacked }) => ready + unacked);
  return samples.slice(Math.max(0, work.lastIndexOf(Math.max(...work))));
}

/** Messages a second. */
function slopeOf(samples: readonly Sample[]): number {
  const xs = samples.map(({ at }) => (at - (samples[0]?.at ?? 0)) / 1000);
  const ys = samples.map(({ ready, unacked }) => ready + unacked);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
  const common = xs.reduce((sum, value, index) => sum + (value - x) * ((ys[index] ?? 0) - y), 0);
  return spread === 0 ? 0 : common / spread;
}
