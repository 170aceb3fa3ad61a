import { counter, gauge, histogram, type Registry } from '@sluice/runtime';
import { JOB_STATES, queueExporter } from '../../packages/contracts/metrics/catalogue.ts';
import type { EndedJob } from './durations.ts';
import type { FoundQueue, QueueCounts } from './queues.ts';

/** What the exporter reports. */
export interface QueueMetrics {
  /** All queues at once: what is gone is not reported any more. */
  counted(queues: ReadonlyMap<FoundQueue, QueueCounts>): void;
  ended(jobs: readonly EndedJob[]): void;
  /** Redis could not be read: what was counted is reported no more, as it may be old. */
  failed(): void;
}

/** Registers what the exporter reports. */
export function queueMetrics(registry: Registry): QueueMetrics {
  const jobs = gauge(registry, queueExporter.jobs);
  const ready = gauge(registry, queueExporter.ready);
  const active = gauge(registry, queueExporter.active);
  const oldest = gauge(registry, queueExporter.oldestWait);
  const up = gauge(registry, queueExporter.up);
  const duration = histogram(registry, queueExporter.duration);
  const ended = counter(registry, queueExporter.ended);
  const reset = () => {
    for (const one of [jobs, ready, active, oldest, ended]) one.reset();
  };
  const report = (queue: string, { oldestWaitSeconds, due, ended: totals, ...states }: QueueCounts) => {
    for (const state of JOB_STATES) jobs.set({ queue, state }, states[state]);
    ready.set({ queue }, states.waiting + states.prioritized + due);
    active.set({ queue }, states.active);
    if (oldestWaitSeconds !== undefined) oldest.set({ queue }, oldestWaitSeconds);
    for (const outcome of ['completed', 'failed'] as const) {
      const total = totals[outcome];
      if (total !== undefined) ended.inc({ queue, outcome }, total);
    }
  };
  return {
    counted: (queues) => {
      reset();
      up.set(1);
      for (const [{ name }, counts] of queues) report(name, counts);
    },
    ended: (all) => {
      for (const { queue, outcome, seconds } of all) duration.observe({ queue, outcome }, seconds);
    },
    failed: () => {
      reset();
      up.set(0);
    },
  };
}
