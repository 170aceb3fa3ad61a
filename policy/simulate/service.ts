import type { ProportionalPolicy, SchedulePolicy } from '../policy.ts';
import type { Arrivals } from './arrivals.ts';
import type { Rows } from './peaks.ts';

/** A service that answers requests: an HPA owns its count, and a timetable may raise the HPA's minimum. */
export interface ServiceSimulation {
  /** The HPA: requests a second that one replica is meant to take, its bounds and its behavior. */
  readonly policy: ProportionalPolicy;
  /** What the scaler writes into the HPA's minimum. @default nothing: the policy's own */
  readonly minimum?: SchedulePolicy;
  /** When requests come. A trace lies where its instants say, all else begins at `startAt`. */
  readonly requests: Arrivals;
  /** Requests a second that one ready replica can take, which is more than it is meant to. */
  readonly capacityPerReplica: number;
  readonly timing: ServiceTiming;
  /** Epoch milliseconds of second 0, which the timetable sees. */
  readonly startAt: number;
  readonly seconds: number;
  /** Same seed, same report. @default 1 */
  readonly seed?: number;
}

/** How long things take between a request and the replica it asks for. Whole seconds. */
export interface ServiceTiming {
  /** Between two scrapes of the counters. */
  readonly scrapeSeconds: number;
  /** What the rate is taken over; at least two scrapes. */
  readonly windowSeconds: number;
  /** Between two decisions of the HPA. Kubernetes: 15. */
  readonly syncSeconds: number;
  /** Between two looks of the scaler at its timetable. */
  readonly pollSeconds: number;
  /** Seconds from the change of the count to the first request that a new replica answers. */
  readonly podStartSeconds: number;
}

/** What would have happened. */
export interface ServiceReport {
  readonly requests: number;
  /** Seconds in which more requests came than the ready replicas could take. */
  readonly secondsOverCapacity: number;
  /** How many more in total: they wait or are shed. */
  readonly requestsOverCapacity: number;
  /** Replica time from creation to removal. */
  readonly podSeconds: number;
  /** The highest count. */
  readonly peakReplicas: number;
  readonly series: ServiceSeries;
}

/** What is plotted. */
export interface ServiceSeries extends Rows {
  readonly requestsPerSecond: readonly number[];
  readonly minimum: readonly number[];
  readonly replicas: readonly number[];
  readonly ready: readonly number[];
}
