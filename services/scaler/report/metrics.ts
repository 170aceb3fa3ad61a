import { isMissing } from '@sluice/policy';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Outcome } from '../control/controller.ts';
import type { FailureCause } from '../sources/source.ts';

/** Every metric of the scaler: name, type, labels, help. The README's table is checked against it. */
export const METRICS = {
  sluice_scaler_backlog: {
    type: 'gauge',
    labels: ['workload', 'state'],
    help: 'Messages in the queue at the last reading, by state (ready, unacked).',
  },
  sluice_scaler_desired_replicas: {
    type: 'gauge',
    labels: ['workload'],
    help: 'Replicas that the last decision wants.',
  },
  sluice_scaler_current_replicas: {
    type: 'gauge',
    labels: ['workload'],
    help: 'Replicas that the target asked for when it was last read or written.',
  },
  sluice_scaler_decisions_total: {
    type: 'counter',
    labels: ['workload', 'reason'],
    help: 'Decisions made, by reason.',
  },
  sluice_scaler_reading_failures_total: {
    type: 'counter',
    labels: ['workload', 'cause'],
    help: 'Readings that decided nothing, by cause.',
  },
  sluice_scaler_target_failures_total: {
    type: 'counter',
    labels: ['workload', 'operation'],
    help: 'Reads and writes of the replica count that failed, by operation (read, write).',
  },
  sluice_scaler_reading_age_seconds: {
    type: 'gauge',
    labels: ['workload'],
    help: 'Age of the last good reading.',
  },
  sluice_scaler_oldest_wait_seconds: {
    type: 'gauge',
    labels: ['workload', 'source'],
    help: 'Age of the oldest ready message at the last reading, by who says so (broker; first-sight, a lower bound); absent while it is unknown.',
  },
  sluice_scaler_leader: {
    type: 'gauge',
    labels: [],
    help: '1 while this process may change replica counts, else 0.',
  },
} as const;

/** A queue that was not empty since its first sight tells no age of its oldest message. */
const WAIT_SOURCES = ['broker', 'first-sight'] as const;

type Name = keyof typeof METRICS;

export interface ScalerMetrics {
  decided(outcome: Outcome): void;
  readingFailed(workload: string, cause: FailureCause): void;
  targetFailed(workload: string, operation: 'read' | 'write'): void;
}

export interface MetricsOptions {
  readonly registry: Registry;
  readonly mayAct: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function scalerMetrics({ registry, mayAct, now }: MetricsOptions): ScalerMetrics {
  const gauge = (name: Name, collect?: (this: Gauge) => void) =>
    new Gauge({ ...definition(name), registers: [registry], ...(collect !== undefined && { collect }) });
  const counter = (name: Name) => new Counter({ ...definition(name), registers: [registry] });
  const measuredAt = new Map<string, number>();
  const backlog = gauge('sluice_scaler_backlog');
  const desired = gauge('sluice_scaler_desired_replicas');
  const current = gauge('sluice_scaler_current_replicas');
  const decisions = counter('sluice_scaler_decisions_total');
  const readingFailures = counter('sluice_scaler_reading_failures_total');
  const targetFailures = counter('sluice_scaler_target_failures_total');
  const oldestWait = gauge('sluice_scaler_oldest_wait_seconds');
  gauge('sluice_scaler_reading_age_seconds', function () {
    for (const [workload, at] of measuredAt) this.set({ workload }, Math.max(0, now() - at) / 1000);
  });
  gauge('sluice_scaler_leader', function () {
    this.set(mayAct() ? 1 : 0);
  });
  const measured = ({ workload, reading, oldestWait: oldest, decision }: Outcome): void => {
    if (isMissing(reading) || decision.reason === 'ReadingInvalid') return;
    measuredAt.set(workload, reading.at);
    backlog.set({ workload, state: 'ready' }, reading.ready);
    backlog.set({ workload, state: 'unacked' }, reading.unacked);
    for (const source of WAIT_SOURCES) {
      if (oldest?.source === source) oldestWait.set({ workload, source }, oldest.seconds);
      else oldestWait.remove({ workload, source });
    }
  };
  return {
    decided: (outcome) => {
      const { workload, decision } = outcome;
      measured(outcome);
      desired.set({ workload }, decision.replicas);
      current.set({ workload }, decision.replicas);
      decisions.inc({ workload, reason: decision.reason });
    },
    readingFailed: (workload, cause) => readingFailures.inc({ workload, cause }),
    targetFailed: (workload, operation) => targetFailures.inc({ workload, operation }),
  };
}

const definition = (name: Name) => ({ name, help: METRICS[name].help, labelNames: METRICS[name].labels });
