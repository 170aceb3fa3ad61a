import type { LatchPolicy } from '../policy.ts';
import { queriesOf, workQuery } from './hpa-metric.ts';
import type { PrometheusSource } from './scaler-config.ts';

/** How far back Prometheus is asked, and how finely. */
const STEP_SECONDS = 5;
const MEMORY = `[1h:${STEP_SECONDS}s]`;

/**
 * PromQL for a latch: maxReplicas while it is open, else 0; empty while the queue cannot be read. KEDA has no
 * memory, but Prometheus has: the latch is open when it was last told to start later than to stop.
 */
export function latchQuery(policy: LatchPolicy, source: PrometheusSource): string {
  const { startWhen, stopWhen, maxReplicas, staleAfterSeconds } = policy;
  const ready = `sum(${source.readyQuery})`;
  const work = queriesOf(source)
    .map((query) => `sum(${query})`)
    .join(' + ');
  const mark =
    'readyAtLeast' in startWhen
      ? `${ready} >= ${startWhen.readyAtLeast}`
      : `${ready} > ${startWhen.readyAbove}`;
  // The oldest message has waited at least as long as the queue has not been empty.
  const waited = `min_over_time(${ready}[${Math.max(STEP_SECONDS, Math.ceil(startWhen.oldestWaitSeconds ?? 0))}s:${STEP_SECONDS}s]) > 0`;
  const start = startWhen.oldestWaitSeconds === undefined ? mark : `(${mark}) or (${waited})`;
  const stop = stopWhen === 'drained' ? `(${work}) == 0` : `${ready} == 0`;
  const open = `(${last(start)} > bool (${last(stop)} or vector(0))) or vector(0)`;
  return `${maxReplicas} * (${open}) and (${workQuery(source, staleAfterSeconds)})`;
}

const last = (condition: string): string => `max_over_time(timestamp(${condition})${MEMORY})`;
