import type { Reason } from '../decision.ts';
import type { Policy } from '../policy.ts';
import type { Arrivals } from './arrivals.ts';
import type { Backend, KubernetesTiming } from './kubernetes.ts';
import type { Rows } from './peaks.ts';
import type { Timing } from './timing.ts';

/** A workload, a policy and the time things take. */
export interface Simulation {
  readonly policy: Policy;
  readonly arrivals: Arrivals;
  readonly timing: Timing;
  /** What carries the policy out; others than the scaler count messages by replica. @default 'scaler' */
  readonly backend?: Backend;
  /** How the cluster of another back-end is set. @default as the policy is compiled */
  readonly kubernetes?: Partial<KubernetesTiming>;
  /** Same seed, same report. @default 1 */
  readonly seed?: number;
  /** Length of the simulation. @default a day; of a trace, its span and an hour for the rest to drain */
  readonly seconds?: number;
  /** Nothing is published from this second on. @default seconds */
  readonly arrivalSeconds?: number;
  /** Epoch milliseconds of second 0, which a schedule sees. @default 0; of a trace, its first entry */
  readonly startAt?: number;
  /** @default the policy's minReplicas */
  readonly initialReplicas?: number;
  /** Whether readings carry `oldestWaitSeconds`. @default false */
  readonly brokerTellsAge?: boolean;
  /** Spans without readings. @default none */
  readonly blackouts?: readonly Blackout[];
  /** Instants at which the scaler restarts. @default none */
  readonly scalerRestarts?: readonly ScalerRestart[];
}

export interface Blackout {
  readonly fromSecond: number;
  /** The end, exclusive. */
  readonly toSecond: number;
}

export interface ScalerRestart {
  readonly atSecond: number;
  /** Whether its history came through as JSON or is lost. */
  readonly keepsHistory: boolean;
}

/** What the policy would have done. Waits run from publication to the start of the work that completed. */
export interface Report {
  readonly published: number;
  readonly processed: number;
  /** Published and not processed at the end, in the queue or in work. */
  readonly residue: number;
  /** Age of the oldest message still in the queue at the end; 0 when it is empty. */
  readonly residueOldestSeconds: number;
  /** Seconds; of processed jobs, 0 if there are none. */
  readonly waitP50: number;
  readonly waitP95: number;
  readonly waitP99: number;
  readonly waitMax: number;
  /** Replica time from creation to the end of its stop. */
  readonly podSeconds: number;
  /** The pure work of what was processed: no policy can need less. */
  readonly idealPodSeconds: number;
  /** podSeconds - idealPodSeconds: start, idleness, and work that was done twice. */
  readonly podSecondsOverIdeal: number;
  readonly replicaChanges: number;
  /** Jobs killed in flight at scale-in and delivered again. */
  readonly restarts: number;
  /** Decisions by reason. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly series: Series;
}

/** What is plotted. */
export interface Series extends Rows {
  readonly replicas: readonly number[];
  readonly ready: readonly number[];
  readonly unacked: readonly number[];
  /** Messages ready plus unacked. */
  readonly backlog: readonly number[];
}
