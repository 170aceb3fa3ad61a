import type { Timing } from '@sluice/policy';
import { jobsIn, type Recorded } from './arrivals.ts';

/** What is asked of the waits, the bill and the cluster. Undefined: nothing. */
export interface Objective {
  readonly p99WaitSeconds: number | undefined;
  readonly maxReplicas: number;
  readonly maxChangesPerHour: number | undefined;
}

/** What the candidates are made from. */
export interface Frame {
  readonly timing: Timing;
  readonly maxReplicas: number;
  readonly meanPerSecond: number;
  /** Arrivals a second in the busiest hour. */
  readonly busiestPerSecond: number;
  /** Targets worth a try, seconds, ascending. */
  readonly waits: readonly number[];
}

const HOUR_SECONDS = 3600;

/** The policies that are worth trying for recorded arrivals. */
export function frameOf(recorded: Recorded, timing: Timing, objective: Objective): Frame {
  const wanted = objective.p99WaitSeconds ?? 60;
  const waits = [wanted / 4, wanted / 2, wanted, 2 * wanted].map((wait) => Math.max(1, Math.round(wait)));
  return {
    ...{ timing, maxReplicas: objective.maxReplicas, waits: [...new Set(waits)] },
    meanPerSecond: jobsIn(recorded) / Math.max(1, recorded.counts.length),
    busiestPerSecond: busiest(recorded),
  };
}

function busiest({ counts }: Recorded): number {
  let most = 0;
  for (let from = 0; from < counts.length; from += HOUR_SECONDS) {
    const hour = counts.subarray(from, from + HOUR_SECONDS);
    most = Math.max(most, hour.reduce((sum, count) => sum + count, 0) / Math.max(1, hour.length));
  }
  return most;
}
