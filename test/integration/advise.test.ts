import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRange } from '../../cli/prometheus.ts';
import { jobsIn } from '../../packages/analysis/advise/arrivals.ts';
import { arrivalsOf } from '../../packages/analysis/advise/range.ts';
import { type LocalPrometheus, startPrometheus } from '../support/prometheus.ts';

const fromSeconds = Math.floor(Date.now() / 1000 / 86_400) * 86_400 - 2 * 86_400;
const HOURS = 4;
const toSeconds = fromSeconds + HOURS * 3600;

/** A scrape every 15 s; in the third hour the publisher's counter restarts. */
const scrapes = Array.from({ length: HOURS * 240 + 1 }, (_, index) => index);
const growing = scrapes.map((index): [number, number] => [fromSeconds + 15 * index, 1000 + 30 * index]);
const restarted = scrapes.map((index): [number, number] => [
  fromSeconds + 15 * index,
  index < 480 ? 5000 + 30 * index : 30 * (index - 480),
]);
const broken = growing.filter(([seconds]) => seconds < fromSeconds + 3600 || seconds > fromSeconds + 5400);

let prometheus: LocalPrometheus;
beforeAll(async () => {
  const series = (queue: string, samples: [number, number][]) => ({
    ...{ name: 'published_total', labels: { queue }, samples },
  });
  prometheus = await startPrometheus([
    series('growing', growing),
    series('restarted', restarted),
    series('broken', broken),
  ]);
});
afterAll(() => prometheus?.stop());

const ask = async (query: string, stepSeconds = 15) =>
  arrivalsOf(
    `'--query' (${query})`,
    await queryRange({ url: prometheus.url, query, fromSeconds, toSeconds, stepSeconds }),
    stepSeconds,
  );

describe('a range of a real Prometheus', () => {
  it('returns what arrived, in as many answers as it takes', async () => {
    // 14,401 points of a second: Prometheus answers at most 11,000 at once.
    const { recorded, notes } = await ask('published_total{queue="growing"}', 1);
    expect(recorded.startSeconds).toBe(fromSeconds);
    expect(jobsIn(recorded)).toBe(HOURS * 240 * 30);
    expect(notes).toEqual([]);
  });

  it('reports a counter that restarted, and loses none of its jobs', async () => {
    const { recorded, notes } = await ask('published_total{queue="restarted"}');
    // The first scrape of the second count shows 0: what was added before it is not known.
    expect(jobsIn(recorded)).toBe(HOURS * 240 * 30 - 30);
    expect(notes).toHaveLength(1);
  });

  it('names a gap, a query without a series, one of several, and one that cannot be', async () => {
    await expect(ask('published_total{queue="broken"}')).rejects.toThrow(/has no samples from .* to .*/);
    await expect(ask('nothing_total')).rejects.toThrow(/has no series in this span/);
    await expect(ask('published_total')).rejects.toThrow(/has 3 series.*queue="broken"/);
    await expect(ask('sum(')).rejects.toThrow(/is refused by .*parse error/);
  });
});
