import type { ProportionalPolicy, SchedulePolicy } from '../policy.ts';
import { type Arrivals, countsOf } from './arrivals.ts';
import { checkService } from './check-simulation.ts';
import { peakOf, peaksOf, type Rows } from './recorder.ts';
import { Scaler } from './scaler.ts';

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

/**
 * Replays requests against an HPA on virtual time, second by second. Pure and deterministic.
 *
 * The HPA sees the rate of the last window as of the last scrape, in thousandths as a real one does, and without
 * its tolerance. The minimum binds last, as in Kubernetes: neither window nor rate delays it, and it is not
 * remembered when it falls.
 *
 * @throws {SimulationError} with every fault at once
 */
export function simulateService(simulation: ServiceSimulation): ServiceReport {
  checkService(simulation);
  const run = new ServiceRun(simulation);
  for (let second = 0; second < simulation.seconds; second += 1) run.step(second);
  return run.report();
}

class ServiceRun {
  readonly #simulation: ServiceSimulation;
  readonly #requests: Uint32Array;
  /** In thousandths of a request. */
  readonly #policy: ProportionalPolicy;
  readonly #hpa: Scaler;
  readonly #scaler: Scaler | undefined;
  /** When each replica is ready; the newest goes first. */
  readonly #readyAt: number[] = [];
  #minimum: number;
  readonly #columns: Readonly<Record<'minimum' | 'replicas' | 'ready', Uint32Array>>;

  constructor(simulation: ServiceSimulation) {
    const { policy, minimum, requests, seconds, startAt, seed = 1 } = simulation;
    this.#simulation = simulation;
    const column = () => new Uint32Array(seconds);
    this.#columns = { minimum: column(), replicas: column(), ready: column() };
    this.#requests = countsOf(requests, { seconds, seed, startSeconds: Math.floor(startAt / 1000) });
    this.#policy = { ...policy, perReplica: policy.perReplica * 1000 };
    this.#scaler = minimum && new Scaler(minimum, policy.minReplicas);
    this.#minimum = this.#pollMinimum(0) ?? policy.minReplicas;
    this.#hpa = new Scaler(this.#policy, this.#minimum);
    this.#scale(this.#minimum, Number.NEGATIVE_INFINITY);
  }

  step(second: number): void {
    const { timing } = this.#simulation;
    if (second % timing.pollSeconds === 0) this.#minimum = this.#pollMinimum(second) ?? this.#minimum;
    if (second % timing.syncSeconds === 0) this.#sync(second);
    this.#columns.minimum[second] = this.#minimum;
    this.#columns.replicas[second] = this.#readyAt.length;
    this.#columns.ready[second] = this.#readyAt.filter((at) => at <= second).length;
  }

  report(): ServiceReport {
    const { capacityPerReplica, seconds } = this.#simulation;
    const over = Array.from(this.#columns.ready, (ready, second) =>
      Math.max(0, (this.#requests[second] ?? 0) - ready * capacityPerReplica),
    );
    return {
      requests: sumOf(this.#requests),
      secondsOverCapacity: over.filter((excess) => excess > 0).length,
      requestsOverCapacity: sumOf(over),
      podSeconds: sumOf(this.#columns.replicas),
      peakReplicas: peakOf(this.#columns.replicas),
      series: peaksOf(seconds, 1, { requestsPerSecond: this.#requests, ...this.#columns }),
    };
  }

  /** The scaler's part: what the timetable says now; undefined without one. */
  #pollMinimum(second: number): number | undefined {
    const at = this.#at(second);
    this.#scaler?.poll({ ready: 0, unacked: 0, at }, at, second);
    return this.#scaler?.replicas;
  }

  /** The HPA's part: `decide` with its own memory, under the minimum of now. */
  #sync(second: number): void {
    const at = this.#at(second);
    const reading = { ready: Math.round(this.#rate(second) * 1000), unacked: 0, at };
    this.#hpa.poll(reading, at, second, { ...this.#policy, minReplicas: this.#minimum });
    this.#scale(this.#hpa.replicas, second + this.#simulation.timing.podStartSeconds);
  }

  #at(second: number): number {
    return this.#simulation.startAt + second * 1000;
  }

  #scale(replicas: number, readyAt: number): void {
    while (this.#readyAt.length < replicas) this.#readyAt.push(readyAt);
    this.#readyAt.splice(replicas);
  }

  /** Requests a second over the window that ended with the last scrape; what was before the start was as its first second. */
  #rate(second: number): number {
    const { scrapeSeconds, windowSeconds } = this.#simulation.timing;
    const scraped = second - (second % scrapeSeconds);
    const before = Math.max(0, windowSeconds - scraped) * (this.#requests[0] ?? 0);
    const counted = sumOf(this.#requests.subarray(Math.max(0, scraped - windowSeconds), scraped));
    return (before + counted) / windowSeconds;
  }
}

const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
