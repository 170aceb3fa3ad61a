import {
  type Decision,
  decide,
  emptyHistory,
  type History,
  type Policy,
  type Reading,
  remember,
} from '../index.ts';

export interface Polled {
  readonly now: number;
  readonly reading: Reading;
}

export interface Start {
  readonly current?: number;
  readonly history?: History;
  /** What a restart does to the history before the decision of a poll. @default nothing */
  readonly restart?: (history: History, poll: number) => History;
}

/** A scaler's life: decide, carry out, remember, again. */
export function follow(policy: Policy, polls: readonly Polled[], start: Start = {}): Decision[] {
  const { restart = (history) => history } = start;
  let { current = 0, history = emptyHistory } = start;
  return polls.map(({ now, reading }, poll) => {
    const situation = { reading, current, history: restart(history, poll), now };
    const decision = decide(policy, situation);
    history = remember(policy, situation, decision);
    current = decision.replicas;
    return decision;
  });
}

/** Polls every 5 s of [ready, unacked], read at once. */
export const polls = (...backlogs: readonly (readonly [ready: number, unacked: number])[]): Polled[] =>
  backlogs.map(([ready, unacked], poll) => {
    const now = (poll + 1) * 5000;
    return { now, reading: { ready, unacked, at: now } };
  });

export const replicasOf = (decisions: readonly Decision[]): number[] =>
  decisions.map(({ replicas }) => replicas);

export const reasonsOf = (decisions: readonly Decision[]): string[] => decisions.map(({ reason }) => reason);
