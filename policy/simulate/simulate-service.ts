import { decide } from '../decide/decide.ts';
import { remember } from '../decide/remember.ts';
import { emptyHistory, type History } from '../decision.ts';
import type { ProportionalPolicy, SchedulePolicy } from '../policy.ts';
import { countsOf } from './arrivals.ts';
import { checkService } from './check-service.ts';
import type { ServiceReport, ServiceSeries, ServiceSimulation } from './service.ts';

const ROWS = 1000;

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
  readonly #hpa: Hpa;
  readonly #requests: Uint32Array;
  /** When each replica is ready; the newest goes first. */
  readonly #readyAt: number[] = [];
  #minimum: number;
  #podSeconds = 0;
  readonly #columns = {
    minimum: [] as number[],
    replicas: [] as number[],
    ready: [] as number[],
  };

  constructor(simulation: ServiceSimulation) {
    const { policy, requests, seconds, startAt, seed = 1 } = simulation;
    this.#simulation = simulation;
    this.#requests = countsOf(requests, { seconds, seed, startSeconds: Math.floor(startAt / 1000) });
    const { minimum, timing } = simulation;
    this.#minimum = minimum ? minimumAt(minimum, policy.minReplicas, startAt) : policy.minReplicas;
    this.#hpa = new Hpa(policy, this.#minimum);
    this.#scale(this.#minimum, -timing.podStartSeconds);
  }

  step(second: number): void {
    const { timing, startAt, minimum } = this.#simulation;
    const now = startAt + second * 1000;
    if (minimum !== undefined && second % timing.pollSeconds === 0)
      this.#minimum = minimumAt(minimum, this.#minimum, now);
    if (second % timing.syncSeconds === 0)
      this.#scale(this.#hpa.sync(this.#rate(second), this.#minimum, now), second + timing.podStartSeconds);
    this.#podSeconds += this.#readyAt.length;
    this.#columns.minimum.push(this.#minimum);
    this.#columns.replicas.push(this.#readyAt.length);
    this.#columns.ready.push(this.#readyAt.filter((at) => at <= second).length);
  }

  report(): ServiceReport {
    const { capacityPerReplica } = this.#simulation;
    const over = this.#columns.ready.map((ready, second) =>
      Math.max(0, (this.#requests[second] ?? 0) - ready * capacityPerReplica),
    );
    return {
      requests: sumOf(this.#requests),
      secondsOverCapacity: over.filter((excess) => excess > 0).length,
      requestsOverCapacity: sumOf(over),
      podSeconds: this.#podSeconds,
      peakReplicas: peakOf(this.#columns.replicas),
      series: seriesOf({ ...this.#columns, requestsPerSecond: [...this.#requests] }),
    };
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

/** The HPA: `decide` over its own count and its own memory, under a minimum that others move. */
class Hpa {
  readonly #policy: ProportionalPolicy;
  #history: History = emptyHistory;
  #replicas: number;

  constructor(policy: ProportionalPolicy, replicas: number) {
    this.#policy = { ...policy, perReplica: policy.perReplica * 1000 };
    this.#replicas = replicas;
  }

  /** @returns the count it now wants */
  sync(perSecond: number, minReplicas: number, now: number): number {
    const policy = { ...this.#policy, minReplicas };
    const reading = { ready: Math.round(perSecond * 1000), unacked: 0, at: now };
    const situation = { reading, current: this.#replicas, history: this.#history, now };
    const decision = decide(policy, situation);
    this.#history = remember(policy, situation, decision);
    this.#replicas = decision.replicas;
    return decision.replicas;
  }
}

/** As the scaler decides it of a clock. */
const minimumAt = (policy: SchedulePolicy, current: number, now: number): number =>
  decide(policy, { reading: { ready: 0, unacked: 0, at: now }, current, history: emptyHistory, now })
    .replicas;

const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

const peakOf = (values: readonly number[]): number =>
  values.reduce((high, value) => Math.max(high, value), 0);

type Columns = Omit<ServiceSeries, 'everySeconds' | 'second'>;

function seriesOf({ requestsPerSecond, minimum, replicas, ready }: Columns): ServiceSeries {
  const everySeconds = Math.ceil(replicas.length / ROWS);
  const second = Array.from(
    { length: Math.ceil(replicas.length / everySeconds) },
    (_, row) => row * everySeconds,
  );
  const peaks = (column: readonly number[]): number[] =>
    second.map((from) => peakOf(column.slice(from, from + everySeconds)));
  return {
    ...{ everySeconds, second, requestsPerSecond: peaks(requestsPerSecond) },
    ...{ minimum: peaks(minimum), replicas: peaks(replicas), ready: peaks(ready) },
  };
}
