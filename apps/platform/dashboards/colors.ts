/** Colours of series whose name says whether all is well: green is well, red is not. */
import type { Color } from '../../../charts/dashboards/panel.ts';
import type { consumer, exporter, logGate } from '../../../packages/contracts/metrics/catalogue.ts';

type Colors<State extends string = string> = Readonly<Record<State, Color>>;

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/ */
export const healthColors: Colors = {
  Healthy: 'green',
  Progressing: 'blue',
  Degraded: 'red',
  Missing: 'orange',
  Unknown: 'yellow',
  Suspended: 'purple',
};

/** How a sync of Argo CD ended. */
export const syncColors: Colors = {
  Succeeded: 'green',
  Running: 'blue',
  Failed: 'red',
  Error: 'orange',
  Terminating: 'yellow',
};

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
export const podColors: Colors = {
  Running: 'green',
  Succeeded: 'blue',
  Pending: 'yellow',
  Failed: 'red',
  Unknown: 'purple',
};

/** How an attempt at a job ended. */
export const jobColors: Colors<(typeof consumer.jobsProcessed.labels.outcome)[number]> = {
  succeeded: 'green',
  retried: 'yellow',
  parked: 'red',
};

/** What a probe of the exporter gave. */
export const probeColors: Colors<(typeof exporter.probes.labels.result)[number]> = {
  success: 'green',
  refused: 'yellow',
  failure: 'red',
};

/** How the log gate answered a push. */
export const pushColors: Colors<(typeof logGate.pushes.labels.outcome)[number]> = {
  written: 'green',
  unanswered: 'yellow',
  unwritten: 'orange',
  refused: 'red',
  full: 'purple',
};
