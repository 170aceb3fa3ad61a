/** One instant of a workload; null where the source did not report a value. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly ready: number;
  readonly unacked: number;
  readonly replicas: number;
  readonly oldestWaitSeconds: number | null;
  /** Jobs done a second. */
  readonly throughput: number | null;
}

const larger = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** Two neighbours as one: the later instant, and the larger of each value, so that no peak is lost. */
const merged = (a: Sample, b: Sample): Sample => ({
  at: b.at,
  ready: Math.max(a.ready, b.ready),
  unacked: Math.max(a.unacked, b.unacked),
  replicas: b.replicas,
  oldestWaitSeconds: larger(a.oldestWaitSeconds, b.oldestWaitSeconds),
  throughput: larger(a.throughput, b.throughput),
});

/**
 * The past of a workload in bounded memory: when it is full, neighbours are merged, which halves the resolution
 * and doubles the span. What is shown of a run of an hour is as complete as of one of a minute, only coarser.
 */
export class SampleHistory {
  readonly #limit: number;
  #samples: Sample[] = [];
  /** Samples that make one of the kept ones. */
  #stride = 1;
  #open = 0;

  /** @param limit even; the most samples that are kept */
  constructor(limit = 480) {
    this.#limit = limit;
  }

  add(sample: Sample): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && sample.at <= last.at) return;
    if (last !== undefined && this.#open > 0 && this.#open < this.#stride) {
      this.#samples[this.#samples.length - 1] = merged(last, sample);
      this.#open += 1;
      return;
    }
    if (this.#samples.length >= this.#limit) this.#halve();
    this.#samples.push(sample);
    this.#open = 1;
  }

  /** Oldest first. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  #halve(): void {
    const halved: Sample[] = [];
    for (let index = 0; index < this.#samples.length; index += 2) {
      const [a, b] = [this.#samples[index], this.#samples[index + 1]];
      if (a !== undefined) halved.push(b === undefined ? a : merged(a, b));
    }
    this.#samples = halved;
    this.#stride *= 2;
  }
}

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
