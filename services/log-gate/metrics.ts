import { counter, gauge, histogram, type Registry } from '@sluice/runtime';
import { logGate } from '../../packages/contracts/metrics/catalogue.ts';
import type { Outcome } from './gate.ts';

/** What the gate reports to Prometheus. */
export interface GateMetrics {
  answered(outcome: Outcome | 'full'): void;
  round(seconds: number): void;
  dropped(lines: number): void;
}

/** Registers what the gate reports. @param heldBytes asked at each scrape */
export function gateMetrics(registry: Registry, heldBytes: () => number): GateMetrics {
  const pushes = counter(registry, logGate.pushes);
  const round = histogram(registry, logGate.round);
  const doubles = counter(registry, logGate.doubles);
  gauge(registry, logGate.held, (held) => held.set(heldBytes()));
  for (const outcome of logGate.pushes.labels.outcome) pushes.inc({ outcome }, 0);
  return {
    answered: (outcome) => pushes.inc({ outcome }),
    round: (seconds) => round.observe(seconds),
    dropped: (lines) => doubles.inc(lines),
  };
}
