import { randomAt } from './arrivals.ts';
import type { JobQueue } from './job-queue.ts';
import type { Counters } from './recorder.ts';
import { serviceSeconds, type Timing } from './simulation.ts';

/** One replica: it starts, takes one job at a time (prefetch 1), and stops. Instants in seconds. */
interface Replica {
  readonly createdAt: number;
  readonly readyAt: number;
  busy: boolean;
  /** When the job in flight ends; while idle, when the last one ended. */
  freeAt: number;
  startedAt: number;
  arrivedAt: number;
  index: number;
  /** When it is gone, after it was asked to stop. */
  endAt: number;
}

/** The replicas of one Deployment, exact in continuous time between the instants the count changes. */
export class Fleet {
  readonly #queue: JobQueue;
  readonly #timing: Timing;
  readonly #seed: number;
  readonly #tally: Counters;
  /** Oldest first: scale-in takes the newest, as a ReplicaSet does. */
  readonly #live: Replica[] = [];
  #stopping: Replica[] = [];
  unacked = 0;

  constructor(queue: JobQueue, timing: Timing, seed: number, tally: Counters) {
    this.#queue = queue;
    this.#timing = timing;
    this.#seed = seed;
    this.#tally = tally;
  }

  scaleTo(replicas: number, now: number): void {
    while (this.#live.length < replicas) this.#live.push(this.#create(now));
    for (let surplus = this.#live.length - replicas; surplus > 0; surplus -= 1) {
      const newest = this.#live.pop();
      if (newest !== undefined) this.#stop(newest, now);
    }
    this.#end(now);
  }

  /** Lets the replicas work until `until`: the replica that is free first takes the head of the queue. */
  work(until: number): void {
    while (this.#queue.length > 0) {
      const replica = this.#nextFree();
      if (replica === undefined) break;
      const start = Math.max(replica.readyAt, replica.freeAt, this.#queue.headAvailableAt());
      if (start >= until) break;
      this.#take(replica, start);
    }
    for (const replica of this.#live) if (replica.busy && replica.freeAt <= until) this.#finish(replica);
    this.#end(until);
  }

  /** Counts the time of replicas still there. */
  close(now: number): void {
    for (const { createdAt } of this.#live) this.#tally.podSeconds += now - createdAt;
    for (const { createdAt } of this.#stopping) this.#tally.podSeconds += now - createdAt;
  }

  #create(now: number): Replica {
    const readyAt = now + this.#timing.podStartSeconds;
    const idle = { busy: false, freeAt: 0, startedAt: 0, arrivedAt: 0, index: 0 };
    return { createdAt: now, readyAt, ...idle, endAt: Number.POSITIVE_INFINITY };
  }

  #nextFree(): Replica | undefined {
    let best: Replica | undefined;
    let bestAt = Number.POSITIVE_INFINITY;
    for (const replica of this.#live) {
      const at = Math.max(replica.freeAt, replica.readyAt);
      if (at >= bestAt) continue;
      bestAt = at;
      best = replica;
    }
    return best;
  }

  #take(replica: Replica, start: number): void {
    if (replica.busy) this.#finish(replica);
    this.#queue.take();
    const { index, arrivedAt } = this.#queue;
    replica.busy = true;
    replica.index = index;
    replica.arrivedAt = arrivedAt;
    replica.startedAt = start;
    replica.freeAt = start + serviceSeconds(this.#timing.service, randomAt(this.#seed, index));
    this.unacked += 1;
  }

  #finish(replica: Replica): void {
    replica.busy = false;
    this.unacked -= 1;
    this.#tally.finished(replica.startedAt - replica.arrivedAt, replica.freeAt - replica.startedAt);
  }

  #stop(replica: Replica, now: number): void {
    const { gracefulStopSeconds, killsAfterGrace } = this.#timing;
    const deadline = killsAfterGrace ? now + gracefulStopSeconds : Number.POSITIVE_INFINITY;
    replica.endAt = replica.busy ? Math.min(replica.freeAt, deadline) : now;
    this.#stopping.push(replica);
  }

  #end(now: number): void {
    if (this.#stopping.length === 0) return;
    for (const replica of this.#stopping) if (replica.endAt <= now) this.#leave(replica);
    this.#stopping = this.#stopping.filter(({ endAt }) => endAt > now);
  }

  #leave(replica: Replica): void {
    const { createdAt, endAt, index, arrivedAt } = replica;
    this.#tally.podSeconds += endAt - createdAt;
    if (!replica.busy) return;
    if (replica.freeAt <= endAt) {
      this.#finish(replica);
      return;
    }
    this.unacked -= 1;
    this.#tally.restarts += 1;
    this.#queue.requeue({ index, arrivedAt, availableAt: endAt });
  }
}
