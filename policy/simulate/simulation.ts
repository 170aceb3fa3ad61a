import type { Reason } from '../decision.ts';
import type { Policy } from '../policy.ts';
import type { Arrivals } from './arrivals.ts';
import type { Backend, KubernetesTiming } from './kubernetes.ts';
import type { Rows } from './recorder.ts';

/** How long things take between a backlog and its end. Seconds, all of them. */
export interface Timing {
  /** Between two decisions. */
  readonly pollSeconds: number;
  /** Age of a reading when it is decided upon. 0 for a broker's own API, up to 30 through Prometheus. */
  readonly scrapeDelaySeconds: number;
  /** Seconds from the change of the count to the first job that a new replica takes. */
  readonly podStartSeconds: number;
  readonly service: ServiceTime;
  /** SIGTERM to SIGKILL: how long a replica may finish the job in flight at scale-in. */
  readonly gracefulStopSeconds: number;
  /** Whether a job that outlasts the grace is killed (and delivered again) or may finish. */
  readonly killsAfterGrace: boolean;
}

/** How long jobs take: the distribution and its mean. */
export interface ServiceTime {
  /** `uniform` is between 0 and twice the mean. */
  readonly distribution: 'constant' | 'uniform' | 'exponential';
  readonly meanSeconds: number;
}

/** Service time of a job by its uniform number. */
export function serviceSeconds({ distribution, meanSeconds }: ServiceTime, uniform: number): number {
  if (distribution === 'constant') return meanSeconds;
  if (distribution === 'uniform') return 2 * meanSeconds * uniform;
  return -meanSeconds * Math.log(1 - uniform);
}

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
  readonly blackouts?: readonly Outage[];
  /** Instants at which the scaler restarts. @default none */
  readonly scalerRestarts?: readonly ScalerRestart[];
}

/** Seconds of a simulation in which the scaler reads nothing. */
export interface Outage {
  readonly fromSecond: number;
  /** The end, exclusive. */
  readonly toSecond: number;
}

/** A second of a simulation at which the scaler starts anew. */
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
