import { baseOf } from '../decide/decide.ts';
import type { Reading } from '../decision.ts';
import { needsMeasures } from '../measure/measures.ts';
import { type Arrivals, countsOf } from './arrivals.ts';
import { checkExtent, checkSimulation } from './check-simulation.ts';
import { Fleet } from './fleet.ts';
import { JobQueue } from './job-queue.ts';
import { isCounted, KubernetesScaler, kubernetesTiming } from './kubernetes.ts';
import { Counters, Recorder } from './recorder.ts';
import { inOutage, Scaler } from './scaler.ts';
import type { Report, Simulation } from './simulation.ts';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

/**
 * Replays a workload against a policy on virtual time, second by second; the work within a second is exact.
 * Pure and deterministic: the same simulation gives the same report.
 *
 * @throws {SimulationError} with every fault at once
 */
export function simulate(simulation: Simulation): Report {
  checkSimulation(simulation);
  const run = new Run(simulation);
  for (let second = 0; second < run.seconds; second += 1) run.step(second);
  return run.report();
}

class Run {
  readonly seconds: number;
  readonly #simulation: Simulation;
  readonly #startAt: number;
  readonly #published: number;
  readonly #queue: JobQueue;
  readonly #tally: Counters;
  readonly #fleet: Fleet;
  readonly #scaler: Scaler | KubernetesScaler;
  readonly #recorder: Recorder;
  readonly #measures: boolean;
  #nextPoll = 0;

  constructor(simulation: Simulation) {
    const { policy, arrivals, timing, seed = 1 } = simulation;
    this.#simulation = simulation;
    this.seconds = simulation.seconds ?? lengthOf(arrivals);
    checkExtent(this.seconds, 0);
    this.#startAt = simulation.startAt ?? 1000 * firstSecond(arrivals);
    this.#measures = needsMeasures(policy);
    const counts = this.#counts(seed);
    this.#published = counts.reduce((sum, jobs) => sum + jobs, 0);
    checkExtent(this.seconds, this.#published);
    this.#queue = new JobQueue(counts);
    this.#tally = new Counters(this.#published);
    this.#fleet = new Fleet(this.#queue, timing, seed, this.#tally);
    const initial = simulation.initialReplicas ?? baseOf(policy).minReplicas;
    this.#scaler = scalerOf(simulation, initial);
    this.#fleet.scaleTo(this.#scaler.replicas, 0);
    this.#recorder = new Recorder(this.seconds);
  }

  /** Decide upon what is seen, then let a second's jobs in and work on them. */
  step(second: number): void {
    this.#recorder.record(second, this.#queue.length, this.#fleet.unacked, this.#queue.oldestArrival());
    this.#recorder.counted(second, this.#queue.admitted, this.#tally.processed);
    if (this.#isDue(second)) this.#poll(second);
    this.#recorder.scaled(second, this.#scaler.replicas);
    this.#queue.enqueueArrivals();
    this.#fleet.work(second + 1);
  }

  report(): Report {
    this.#fleet.close(this.seconds);
    const { processed, serviceSeconds, podSeconds, restarts } = this.#tally;
    const [waitP50 = 0, waitP95 = 0, waitP99 = 0, waitMax = 0] = this.#tally.percentiles(0.5, 0.95, 0.99, 1);
    return {
      published: this.#published,
      processed,
      residue: this.#queue.length + this.#fleet.unacked,
      residueOldestSeconds: this.seconds - (this.#queue.oldestArrival() ?? this.seconds),
      waitP50,
      waitP95,
      waitP99,
      waitMax,
      podSeconds,
      idealPodSeconds: serviceSeconds,
      podSecondsOverIdeal: podSeconds - serviceSeconds,
      replicaChanges: this.#scaler.replicaChanges,
      restarts,
      reasons: this.#scaler.reasons,
      series: this.#recorder.series(this.seconds, this.#simulation.timing.pollSeconds),
    };
  }

  #counts(seed: number): Uint32Array {
    const { arrivals, arrivalSeconds = this.seconds } = this.#simulation;
    const seconds = Math.min(this.seconds, arrivalSeconds);
    return countsOf(arrivals, { seconds, seed, startSeconds: Math.floor(this.#startAt / 1000) });
  }

  #poll(second: number): void {
    this.#scaler.poll(this.#reading(second), this.#startAt + second * 1000, second);
    this.#fleet.scaleTo(this.#scaler.replicas, second);
    this.#nextPoll += this.#simulation.timing.pollSeconds;
  }

  #isDue(second: number): boolean {
    const scaler = this.#scaler;
    return scaler instanceof KubernetesScaler ? scaler.due(second) : second >= this.#nextPoll;
  }

  #reading(second: number): Reading {
    const { timing, blackouts = [], brokerTellsAge = false } = this.#simulation;
    const seen = second - timing.scrapeDelaySeconds;
    if (inOutage(blackouts, second)) return { missing: 'blackout' };
    if (seen < 0) return { missing: 'nothing scraped yet' };
    const counts = this.#recorder.backlog(seen, brokerTellsAge);
    const totals = this.#measures ? this.#recorder.totals(seen) : {};
    return { ...counts, ...totals, at: this.#startAt + seen * 1000 };
  }
}

function scalerOf(simulation: Simulation, initial: number): Scaler | KubernetesScaler {
  const { policy, timing, backend = 'scaler', kubernetes, scalerRestarts = [] } = simulation;
  if (backend === 'scaler' || !isCounted(policy)) return new Scaler(policy, initial, scalerRestarts);
  const set = kubernetesTiming(policy, timing.pollSeconds, kubernetes);
  return new KubernetesScaler(policy, backend, initial, set);
}

const firstSecond = (arrivals: Arrivals): number =>
  arrivals.kind === 'trace' ? (arrivals.entries[0]?.epochSeconds ?? 0) : 0;

function lengthOf(arrivals: Arrivals): number {
  if (arrivals.kind !== 'trace') return DAY_SECONDS;
  const last = arrivals.entries.at(-1)?.epochSeconds ?? 0;
  return last - firstSecond(arrivals) + HOUR_SECONDS;
}
