import { ConfigurationError } from '../../contracts/checks.ts';
import type { Recorded } from './arrivals.ts';

/** A sample of a counter, as Prometheus returns it: epoch seconds and the value. */
export type Sample = readonly [seconds: number, value: number];

/** What a range query answered: the labels of each series and its samples, ascending. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** Recorded arrivals as Prometheus counted them. */
export interface Counted {
  readonly recorded: Recorded;
  /** What a reader of the advice is to know: resets. */
  readonly notes: readonly string[];
}

/** A scrape or two may be lost; what is longer is no record of what arrived. */
const LARGEST_GAP_STEPS = 5;
const SHOWN = 5;

/**
 * Arrivals from a counter of them. What a step adds is spread evenly over its seconds. A counter that restarts has
 * added what it shows since.
 * @param named The query as faults call it: `'--query' (jobs_total)`.
 * @throws {ConfigurationError} no series, several, too few samples, gaps, values that no counter has
 */
export function arrivalsOf(named: string, all: readonly Series[], stepSeconds: number): Counted {
  const faults = seriesFaults(named, all);
  const samples = all[0]?.samples ?? [];
  if (faults.length === 0) faults.push(...sampleFaults(named, samples, stepSeconds));
  if (faults.length > 0) throw new ConfigurationError('advise', faults);
  const resets = resetsOf(samples);
  return {
    recorded: spread(samples),
    notes: resets.map(([seconds]) => `The counter began anew at ${instant(seconds)}.`),
  };
}

function seriesFaults(named: string, all: readonly Series[]): string[] {
  if (all.length === 0)
    return [`${named} has no series in this span: is it the name of a counter, and was it scraped?`];
  if (all.length === 1) return [];
  const shown = all.slice(0, SHOWN).map(({ labels }) => labelsOf(labels));
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  return [
    `${named} has ${all.length} series, and arrivals are one: select one by its labels, or sum(...) those of one process each: ${shown.join(', ')}${more}`,
  ];
}

const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;

function sampleFaults(named: string, samples: readonly Sample[], stepSeconds: number): string[] {
  if (samples.length < 2) return [`${named} has ${samples.length} samples in this span: two are the least`];
  const odd = samples.find(([, value]) => !(Number.isFinite(value) && value >= 0));
  if (odd !== undefined) return [`${named} is ${odd[1]} at ${instant(odd[0])}: no counter has such a value`];
  return [...gapFaults(named, samples, stepSeconds), ...fallFaults(named, samples)];
}

function gapFaults(named: string, samples: readonly Sample[], stepSeconds: number): string[] {
  const gaps = pairsOf(samples).filter(([[from], [to]]) => to - from > LARGEST_GAP_STEPS * stepSeconds);
  if (gaps.length === 0) return [];
  const shown = gaps.slice(0, SHOWN).map(([[from], [to]]) => `${instant(from)} to ${instant(to)}`);
  const more = gaps.length > SHOWN ? ` and ${gaps.length - SHOWN} more` : '';
  return [
    `${named} has no samples from ${shown.join(', ')}${more}: what arrived then is not known; choose '--since' and '--until' around it`,
  ];
}

/** A fall to a value that no ordinary step adds is no restart of a counter: a gauge, or a sum whose parts come and go. */
function fallFaults(named: string, samples: readonly Sample[]): string[] {
  const ordinary = Math.max(1, ...pairsOf(samples).map(([[, from], [, to]]) => to - from));
  const fall = pairsOf(samples).find(([[, from], [, to]]) => to < from && to > ordinary);
  if (fall === undefined) return [];
  const [[, from], [at, to]] = fall;
  return [
    `${named} falls from ${from} to ${to} at ${instant(at)} and does not begin anew: it is a gauge, or a sum of counters of which one went; name one counter`,
  ];
}

const pairsOf = (samples: readonly Sample[]): (readonly [Sample, Sample])[] =>
  samples.slice(1).map((sample, index) => [samples[index] ?? sample, sample]);

const resetsOf = (samples: readonly Sample[]): readonly Sample[] =>
  pairsOf(samples)
    .filter(([[, from], [, to]]) => to < from)
    .map(([, sample]) => sample);

/** Jobs are whole: one is due where the running total passes a whole number. */
function spread(samples: readonly Sample[]): Recorded {
  const startSeconds = Math.floor(samples[0]?.[0] ?? 0);
  const counts = new Uint32Array(Math.max(1, Math.ceil((samples.at(-1)?.[0] ?? 0) - startSeconds)));
  let total = 0;
  let given = 0;
  for (const [[fromAt, from], [toAt, to]] of pairsOf(samples)) {
    const added = to < from ? to : to - from;
    const first = Math.floor(fromAt) - startSeconds;
    const seconds = Math.max(1, Math.floor(toAt) - Math.floor(fromAt));
    for (let second = 0; second < seconds; second += 1) {
      const due = Math.floor(total + (added * (second + 1)) / seconds + 1e-9);
      counts[first + second] = (counts[first + second] ?? 0) + due - given;
      given = due;
    }
    total += added;
  }
  return { startSeconds, counts };
}

const instant = (epochSeconds: number): string =>
  new Date(epochSeconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.\d+)?Z$/, ' UTC');
