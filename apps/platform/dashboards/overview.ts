import type { DashboardSpec, Row } from '../../../charts/dashboards/dashboard.ts';
import { fromLeader } from '../../../charts/scaler.ts';
import { scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../../packages/contracts/metrics/metric.ts';
import { WORKLOAD } from '../workload-series.ts';
import { orNone } from './queries.ts';

const SLO = 'workload, namespace, slo';
const FIRING = 'alertstate="firing"';
const firing = (severity: string): string =>
  orNone(`count(ALERTS{${FIRING},severity="${severity}"})`, 'ALERTS');
const burnt = (window: string): string => `max by (${SLO}) (workload:slo_errors:ratio_rate${window})`;
const ofLeader = (selected: string): string => `max by (workload) (${fromLeader(selected)})`;
const promised = `max by (workload) (${WORKLOAD.waitObjective})`;

const NO_RULES = 'No rule of Sluice is loaded: look at the PrometheusRules.';
const queue = { title: 'Queue workload', url: '/d/sluice-queue-workload' };
const pods = { title: 'Pods', url: '/d/sluice-pods' };

const now: Row = {
  title: 'Is everything well?',
  panels: [
    {
      ...{ kind: 'stat', title: 'Critical alerts', unit: 'count', width: 4, noData: NO_RULES },
      description: 'Alerts that wake a person. The table below names them.',
      marks: [{ from: 1, color: 'red' }],
      queries: [{ expr: firing('critical'), legend: 'critical' }],
    },
    {
      ...{ kind: 'stat', title: 'Warnings', unit: 'count', width: 4, noData: NO_RULES },
      description: 'Alerts that wait for working hours.',
      marks: [{ from: 1, color: 'orange' }],
      queries: [{ expr: firing('warning'), legend: 'warnings' }],
    },
    {
      ...{ kind: 'stat', title: 'Queues behind', unit: 'count', width: 4, details: queue },
      description: 'Queue workloads whose oldest message has waited longer than it may.',
      noData: 'No queue workload promises how long a message waits.',
      marks: [{ from: 1, color: 'red' }],
      queries: [
        {
          expr: orNone(`count(${ofLeader(series(scaler.oldestWait))} > on (workload) ${promised})`, promised),
          legend: 'behind',
        },
      ],
    },
    {
      ...{ kind: 'stat', title: 'Scrapes that fail', unit: 'count', width: 4 },
      description: 'Targets that Prometheus cannot reach. Alerts on their metrics do not fire.',
      noData: 'Prometheus scrapes nothing.',
      details: { title: 'Exporters and scrapes', url: '/d/sluice-exporters' },
      marks: [{ from: 1, color: 'red' }],
      queries: [{ expr: orNone('count(up == 0)', 'up'), legend: 'down' }],
    },
    {
      ...{ kind: 'stat', title: 'Pods not ready', unit: 'pods', width: 4, details: pods },
      description: 'Running pods that are not ready, without those of Jobs that have ended.',
      noData: 'kube-state-metrics reports no pods.',
      marks: [{ from: 1, color: 'orange' }],
      queries: [
        {
          expr: 'sum(kube_pod_status_ready{condition="false"} and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1))',
          legend: 'not ready',
        },
      ],
    },
    {
      ...{ kind: 'stat', title: 'Nodes not ready now', unit: 'nodes', width: 4 },
      description: 'Nodes whose kubelet does not report as ready.',
      noData: 'kube-state-metrics reports no nodes.',
      details: { title: 'Cluster', url: '/d/sluice-cluster' },
      marks: [{ from: 1, color: 'red' }],
      queries: [
        {
          expr: 'count(kube_node_status_condition{condition="Ready",status="true"} == 0) or (0 * count(kube_node_status_condition))',
          legend: 'not ready',
        },
      ],
    },
  ],
};

const wrong: Row = {
  title: 'What is wrong',
  panels: [
    {
      ...{ kind: 'table', title: 'Firing alerts', unit: 'state', width: 14, height: 7 },
      description: 'Every alert that fires, with its owner. Its message links to the runbook.',
      noData: 'No alert fires.',
      columns: {
        ...{ alertname: 'Alert', severity: 'Severity', namespace: 'Namespace' },
        ...{ workload: 'Workload', owner: 'Owner' },
      },
      values: ['Count'],
      queries: [
        {
          expr: `count by (alertname, severity, namespace, workload, owner) (ALERTS{${FIRING},severity!="info"})`,
          legend: '',
        },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Firing alerts over time', unit: 'count', width: 10, height: 7 },
      description: 'Alerts that fire, by severity.',
      noData: 'No alert fires in this time span.',
      stacked: true,
      queries: [{ expr: `count by (severity) (ALERTS{${FIRING},severity!="info"})`, legend: '{{severity}}' }],
    },
  ],
};

const promises: Row = {
  title: 'What is promised',
  panels: [
    {
      ...{ kind: 'table', title: 'Objectives', unit: 'share', width: 12 },
      description:
        'The share of bad events of each objective: wait of a queue, availability and latency of a service.',
      noData: NO_RULES,
      columns: { workload: 'Workload', namespace: 'Namespace', slo: 'Objective' },
      values: ['Bad in 5 minutes', 'Bad in an hour', 'Bad in a day'],
      decimals: 2,
      queries: ['5m', '1h', '1d'].map((window) => ({ expr: burnt(window), legend: '' })),
    },
    {
      ...{ kind: 'time-series', title: 'Bad share of five minutes', unit: 'share', width: 12 },
      description: 'The share of bad events in five minutes, of each objective.',
      noData: NO_RULES,
      queries: [{ expr: burnt('5m'), legend: '{{workload}} {{slo}}' }],
    },
  ],
};

const work: Row = {
  title: 'The work',
  panels: [
    {
      ...{ kind: 'time-series', title: 'Age of the oldest messages', unit: 'seconds', details: queue },
      description: 'How long the oldest message of each queue workload has waited, as the scaler knows it.',
      noData: 'No message waits whose age is known.',
      queries: [{ expr: ofLeader(series(scaler.oldestWait)), legend: '{{workload}}' }],
    },
    {
      ...{ kind: 'time-series', title: 'Messages that wait', unit: 'messages', details: queue },
      description: 'Ready messages of each queue workload.',
      noData: 'The scaler reports no queue workload.',
      queries: [{ expr: ofLeader(series(scaler.backlog, { state: 'ready' })), legend: '{{workload}}' }],
    },
    {
      ...{ kind: 'time-series', title: 'Replicas of the workloads', unit: 'replicas' },
      description: 'What the scaler asks for of each workload.',
      noData: 'The scaler reports no workload.',
      details: { title: 'Scaler', url: '/d/sluice-scaler' },
      queries: [{ expr: ofLeader(series(scaler.currentReplicas)), legend: '{{workload}}' }],
    },
  ],
};

/** The first page: one look says whether anything needs a person. */
export const overviewDashboard: DashboardSpec = {
  name: 'overview',
  title: 'Overview',
  description: 'Is everything well: alerts, promises, and the work, with links to what explains them.',
  rows: [now, wrong, promises, work],
};
