import { type Policy, type Report, simulate, type Timing, type Trace } from '@sluice/policy';
import type { Candidate } from './candidates.ts';
import type { Objective } from './labels.ts';

/** What a policy would have done with the recorded arrivals. */
export interface Outcome {
  readonly line: string;
  readonly policy: Policy;
  /** Seconds, from publishing to the start of the work that completed. */
  readonly waitP50: number;
  readonly waitP99: number;
  readonly podSeconds: number;
  /** Pod time over the pure work: 1 is what no policy can be below. */
  readonly overIdeal: number;
  readonly changesPerHour: number;
  /** Jobs killed in flight at scale-in. */
  readonly kills: number;
  /** Jobs left at the end, and how long the oldest had waited. */
  readonly residue: number;
  readonly residueOldestSeconds: number;
  readonly mostReplicas: number;
}

const HOUR_SECONDS = 3600;
/** After the last arrival, for the rest to drain. */
const TAIL_SECONDS = 900;

const lengthOf = ({ entries }: Trace): number =>
  (entries.at(-1)?.epochSeconds ?? 0) - (entries[0]?.epochSeconds ?? 0) + TAIL_SECONDS;

/** One policy on spans one after another, each from its fewest replicas on: waits and counts of all of them. */
export function outcomeOf(
  { line, policy }: Candidate,
  traces: readonly Trace[],
  timing: Timing,
  seed: number,
): Outcome {
  const reports = traces.map((arrivals) =>
    simulate({ policy, arrivals, timing, seed, seconds: lengthOf(arrivals) }),
  );
  const sum = (of: (report: Report) => number): number =>
    reports.reduce((all, report) => all + of(report), 0);
  const most = (of: (report: Report) => number): number => Math.max(0, ...reports.map(of));
  const ideal = sum(({ idealPodSeconds }) => idealPodSeconds);
  const podSeconds = sum(({ podSeconds: seconds }) => seconds);
  const hours = sum(({ series }) => (series.second.length * series.everySeconds) / HOUR_SECONDS);
  return {
    ...{ line, policy, podSeconds },
    waitP50: most(({ waitP50 }) => waitP50),
    waitP99: most(({ waitP99 }) => waitP99),
    overIdeal: ideal === 0 ? Number.POSITIVE_INFINITY : podSeconds / ideal,
    changesPerHour: sum(({ replicaChanges }) => replicaChanges) / Math.max(1, hours),
    kills: sum(({ restarts }) => restarts),
    residue: sum(({ residue }) => residue),
    residueOldestSeconds: most(({ residueOldestSeconds }) => residueOldestSeconds),
    mostReplicas: most(({ series }) => Math.max(0, ...series.replicas)),
  };
}

/** What of the objective is missed, in words; empty where it is met. @param margin Share of the wait to spare */
export function missesOf(outcome: Outcome, objective: Objective, margin = 0): readonly string[] {
  const { p99WaitSeconds, maxReplicas, maxChangesPerHour } = objective;
  const wait = Math.max(outcome.waitP99, outcome.residueOldestSeconds);
  return [
    ...(p99WaitSeconds !== undefined && wait > p99WaitSeconds * (1 - margin)
      ? [`p99 of the wait ${wait.toFixed(0)} s`]
      : []),
    ...(outcome.mostReplicas > maxReplicas ? [`${outcome.mostReplicas} replicas`] : []),
    ...(maxChangesPerHour !== undefined && outcome.changesPerHour > maxChangesPerHour
      ? [`${outcome.changesPerHour.toFixed(0)} changes an hour`]
      : []),
  ];
}

/** How far an outcome is from the objective, 0 where it is met: for choosing the nearest where none is. */
export function distanceOf(outcome: Outcome, objective: Objective): number {
  const { p99WaitSeconds, maxChangesPerHour, maxReplicas } = objective;
  const wait = Math.max(outcome.waitP99, outcome.residueOldestSeconds);
  const beyond = (value: number, limit: number | undefined): number =>
    limit === undefined ? 0 : Math.max(0, value / limit - 1);
  return (
    beyond(wait, p99WaitSeconds) +
    beyond(outcome.changesPerHour, maxChangesPerHour) +
    beyond(outcome.mostReplicas, maxReplicas)
  );
}
