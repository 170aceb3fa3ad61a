import { decide } from '../decide/decide.ts';
import { remember } from '../decide/remember.ts';
import { emptyHistory, type History, type Reading, type Reason } from '../decision.ts';
import type { Policy } from '../policy.ts';
import type { Outage, ScalerRestart } from './simulation.ts';

/** The scaler of the simulation: the same `decide` and `remember` that the real one calls. */
export class Scaler {
  readonly #policy: Policy;
  readonly #restarts: ScalerRestart[];
  #history: History = emptyHistory;
  replicas: number;
  replicaChanges = 0;
  readonly reasons: Partial<Record<Reason, number>> = {};

  constructor(policy: Policy, replicas: number, restarts: readonly ScalerRestart[] = []) {
    this.#policy = policy;
    this.replicas = replicas;
    this.#restarts = restarts.toSorted((a, b) => a.atSecond - b.atSecond);
  }

  /** @param policy Where others change a part of it meanwhile. @default the one it began with */
  poll(reading: Reading, now: number, second: number, policy = this.#policy): void {
    this.#restart(second);
    const situation = { reading, current: this.replicas, history: this.#history, now };
    const decision = decide(policy, situation);
    this.#history = remember(policy, situation, decision);
    this.reasons[decision.reason] = (this.reasons[decision.reason] ?? 0) + 1;
    if (decision.replicas !== this.replicas) this.replicaChanges += 1;
    this.replicas = decision.replicas;
  }

  #restart(second: number): void {
    for (
      let next = this.#restarts[0];
      next !== undefined && next.atSecond <= second;
      next = this.#restarts[0]
    ) {
      this.#history = next.keepsHistory ? JSON.parse(JSON.stringify(this.#history)) : emptyHistory;
      this.#restarts.shift();
    }
  }
}

/** Whether a second lies in one of the outages. */
export const inOutage = (blackouts: readonly Outage[], second: number): boolean =>
  blackouts.some(({ fromSecond, toSecond }) => fromSecond <= second && second < toSecond);
