import { isDeepStrictEqual } from 'node:util';
import { isCounted, type Report, type Series, type Simulation, simulate } from '@sluice/policy';
import { leafChanges } from '../../manifests/leaves.ts';
import { OPAQUE } from '../../manifests/schema.ts';
import type { Load } from './load.ts';
import type { RenderedPolicy } from './policies.ts';

/** One policy and what it would have done; undefined where a side has no such workload. */
export interface Side {
  readonly policy: RenderedPolicy;
  readonly report: Report;
  /** What a chart shows: all of it, or of equal bursts one, or some where they pile up. */
  readonly series: Series;
}

/** A workload's policy before and after, under the same load. */
export interface Comparison {
  readonly workload: string;
  /** Those in which all of it is the same. */
  readonly environments: readonly string[];
  readonly load: string;
  readonly base: Side | undefined;
  readonly head: Side | undefined;
  /** `maxReplicas: 25 -> 10`; empty where nothing of the policy changes. */
  readonly changes: readonly string[];
}

/**
 * What the policies of two revisions would have done under the same load. Environments with the same policies on
 * both sides and the same load are one comparison.
 * @param loadOf The load of a workload in its environment.
 */
export function compare(
  base: readonly RenderedPolicy[],
  head: readonly RenderedPolicy[],
  loadOf: (rendered: RenderedPolicy) => Load,
): Comparison[] {
  const pairs = pairsOf(base, head).map((pair) => ({ ...pair, load: loadOf(pair.known) }));
  const alike = Map.groupBy(pairs, ({ before, after, load }) =>
    JSON.stringify([load, textOf(before), textOf(after)]),
  );
  return [...alike.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined
      ? []
      : [
          comparison(
            first,
            all.map(({ environment }) => environment),
          ),
        ];
  });
}

interface Pair {
  readonly environment: string;
  readonly workload: string;
  /** One of the two, the later if there is one. */
  readonly known: RenderedPolicy;
  readonly before: RenderedPolicy | undefined;
  readonly after: RenderedPolicy | undefined;
}

function pairsOf(base: readonly RenderedPolicy[], head: readonly RenderedPolicy[]): Pair[] {
  const groups = Map.groupBy([...head, ...base], ({ environment, workload }) =>
    JSON.stringify([environment, workload]),
  );
  return [...groups.values()].flatMap((all) =>
    all.slice(0, 1).map((known) => ({
      ...{ environment: known.environment, workload: known.workload, known },
      before: all.find((one) => base.includes(one)),
      after: all.find((one) => head.includes(one)),
    })),
  );
}

/** All of a policy but where it stands. */
const textOf = (rendered: RenderedPolicy | undefined): string =>
  JSON.stringify({ ...rendered, environment: '' });

function comparison(
  { workload, before, after, load }: Pair & { readonly load: Load },
  environments: readonly string[],
): Comparison {
  const same = before !== undefined && after !== undefined && isDeepStrictEqual(plan(before), plan(after));
  const head = after && sideOf(after, load);
  const base = before && (same && head !== undefined ? { ...head, policy: before } : sideOf(before, load));
  return { workload, environments, load: load.title, base, head, changes: changesOf(before, after) };
}

const plan = ({ policy, pollSeconds, scaler = 'own' }: RenderedPolicy) => ({ scaler, pollSeconds, policy });

function sideOf(rendered: RenderedPolicy, { title: _, ...load }: Load): Side {
  const { policy, pollSeconds, scaler = 'own' } = rendered;
  const timing = { ...load.timing, pollSeconds };
  // What KEDA follows by a query, as a latch, is replayed as the policy says it.
  const backend = scaler !== 'own' && isCounted(policy) ? scaler : 'scaler';
  const simulation: Simulation = { ...load, timing, policy, backend };
  const report = simulate(simulation);
  return { policy: rendered, report, series: closer(simulation)?.series ?? report.series };
}

/** Bursts in the chart where they pile up. */
const SEVERAL = 8;

/** Bursts are all alike: one of them, poll by poll, shows more than a day of peaks, where it is done before the next. */
function closer(simulation: Simulation): Report | undefined {
  const one = ofBursts(1, simulation);
  return one?.series.backlog.at(-1) === 0 ? one : ofBursts(SEVERAL, simulation);
}

function ofBursts(count: number, simulation: Simulation): Report | undefined {
  const { arrivals, seconds = Number.POSITIVE_INFINITY } = simulation;
  if (arrivals.kind !== 'bursts' || seconds <= count * arrivals.everySeconds) return undefined;
  return simulate({ ...simulation, seconds: count * arrivals.everySeconds });
}

function changesOf(before: RenderedPolicy | undefined, after: RenderedPolicy | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const text = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));
  return leafChanges(OPAQUE, plan(before), plan(after))
    .map(({ path, ...leaf }) => ({ path: path.replace(/^policy\./, ''), ...leaf }))
    .sort((left, right) => Number(right.path === 'kind') - Number(left.path === 'kind'))
    .map((leaf) => `${leaf.path}: ${text(leaf.before)} -> ${text(leaf.after)}`);
}
