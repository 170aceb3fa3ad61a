import { isMissing } from '@sluice/policy';
import { counter, gauge, type Registry } from '@sluice/runtime';
import { scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import type { Outcome } from '../control/controller.ts';
import type { FailureCause } from '../sources/source.ts';

/** A queue that was not empty since its first sight gives no age of its oldest message. */
const WAIT_SOURCES = scaler.oldestWait.labels.source;

/** What the scaler counts. */
export interface ScalerMetrics {
  decided(outcome: Outcome): void;
  readingFailed(workload: string, cause: FailureCause): void;
  targetFailed(workload: string, operation: 'read' | 'write'): void;
}

/** The registry that metrics are added to. */
export interface MetricsOptions {
  readonly registry: Registry;
  readonly mayAct: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Registers what the scaler reports. */
export function scalerMetrics({ registry, mayAct, now }: MetricsOptions): ScalerMetrics {
  const measuredAt = new Map<string, number>();
  const backlog = gauge(registry, scaler.backlog);
  const desired = gauge(registry, scaler.desiredReplicas);
  const current = gauge(registry, scaler.currentReplicas);
  const decisions = counter(registry, scaler.decisions);
  const readingFailures = counter(registry, scaler.readingFailures);
  const targetFailures = counter(registry, scaler.targetFailures);
  gauge(registry, scaler.readingAge, (age) => {
    for (const [workload, at] of measuredAt) age.set({ workload }, Math.max(0, now() - at) / 1000);
  });
  const oldestWait = gauge(registry, scaler.oldestWait);
  gauge(registry, scaler.leader, (leader) => leader.set(mayAct() ? 1 : 0));
  const counted = measuresGauges(registry, now);
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
      counted(outcome);
      desired.set({ workload }, decision.replicas);
      current.set({ workload }, decision.replicas);
      decisions.inc({ workload, reason: decision.reason });
    },
    readingFailed: (workload, cause) => readingFailures.inc({ workload, cause }),
    targetFailed: (workload, operation) => targetFailures.inc({ workload, operation }),
  };
}

/** What is measured, and how old it is: the age shows a source that no longer reports its totals. */
function measuresGauges(registry: Registry, now: () => number): (outcome: Outcome) => void {
  const countedAt = new Map<string, number>();
  const arrivals = gauge(registry, scaler.arrivals);
  const service = gauge(registry, scaler.serviceTime);
  gauge(registry, scaler.measuresAge, (age) => {
    for (const [workload, at] of countedAt) age.set({ workload }, Math.max(0, now() - at) / 1000);
  });
  return ({ workload, measures }) => {
    if (measures === undefined) return;
    countedAt.set(workload, measures.at);
    arrivals.set({ workload }, measures.arrivalsPerSecond);
    service.set({ workload }, measures.serviceSeconds);
  };
}
