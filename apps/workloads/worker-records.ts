import { baseOf, type Policy } from '@sluice/policy';
import type { RecordingRule } from '../../charts/alerts.ts';
import { type WaitObjective, waitSecondsOf } from '../../charts/objectives.ts';
import { maxReplicas } from '../application.ts';
import { WORKLOAD } from '../platform/workload-series.ts';

/** A queue worker, as dashboards show it beside what is measured. */
export interface RecordedWorker {
  readonly namespace: string;
  /** Its name for the scaler, in metrics and in messages. */
  readonly workload: string;
  readonly deployment: string;
  readonly queue: string;
  readonly policy: Policy;
  /** @default what its policy promises */
  readonly objective?: WaitObjective;
}

/**
 * The numbers of a policy as series: one dashboard for all workers draws the limits of each. They change in the
 * commit that changes the policy.
 */
export function workerRecords(worker: RecordedWorker): readonly RecordingRule[] {
  const { namespace, workload, deployment, queue, policy, objective } = worker;
  const base = baseOf(policy);
  const start =
    base.kind === 'latch' && 'readyAtLeast' in base.startWhen ? base.startWhen.readyAtLeast : undefined;
  const labels = { namespace, workload };
  const number = (record: string, value: number | undefined): RecordingRule[] =>
    value === undefined ? [] : [{ record, expr: `vector(${value})`, labels }];
  return [
    { record: WORKLOAD.identity, expr: 'vector(1)', labels: { ...labels, deployment, queue } },
    ...number(WORKLOAD.waitObjective, waitSecondsOf(policy, objective)),
    ...number(WORKLOAD.maxReplicas, maxReplicas(policy)),
    ...number(WORKLOAD.startBacklog, start),
  ];
}
