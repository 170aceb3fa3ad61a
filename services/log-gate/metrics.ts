import { counter, gauge, histogram, type Registry } from '@sluice/runtime';
import { logGate } from '../../packages/contracts/metrics/catalogue.ts';
import type { Outcome } from './gate.ts';

/** What the gate reports to Prometheus. */
export interface GateMetrics {
  /** @param lines Lines of the push that the store has written. */
  answered(outcome: Outcome | 'full', lines: number): void;
  round(seconds: number): void;
  dropped(lines: number): void;
}

/** What the gate is asked at each scrape. */
export interface GateState {
  readonly heldBytes: () => number;
  readonly unwrittenLines: () => number;
  /** 0 where no push waits. */
  readonly oldestPushSeconds: () => number;
}

/** Registers what the gate reports. */
export function gateMetrics(registry: Registry, state: GateState): GateMetrics {
  const pushes = counter(registry, logGate.pushes);
  const round = histogram(registry, logGate.round);
  const acknowledged = counter(registry, logGate.acknowledged);
  const doubles = counter(registry, logGate.doubles);
  gauge(registry, logGate.held, (held) => held.set(state.heldBytes()));
  gauge(registry, logGate.unwritten, (unwritten) => unwritten.set(state.unwrittenLines()));
  gauge(registry, logGate.oldest, (oldest) => oldest.set(state.oldestPushSeconds()));
  for (const outcome of logGate.pushes.labels.outcome) pushes.inc({ outcome }, 0);
  return {
    answered: (outcome, lines) => {
      pushes.inc({ outcome });
      acknowledged.inc(lines);
    },
    round: (seconds) => round.observe(seconds),
    dropped: (lines) => doubles.inc(lines),
  };
}
