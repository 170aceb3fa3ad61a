import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import type { StatProps } from '../../../charts/dashboards/panel.ts';
import { podColors } from './colors.ts';
import { orNone } from './queries.ts';

const NO_STATE = 'kube-state-metrics reports nothing: it is down, or Prometheus cannot scrape it.';
const NO_USE = 'The kubelets report no containers: Prometheus cannot scrape them.';
const CONTAINERS = '{container!=""}';
const requested = (resource: string, by = ''): string =>
  `sum ${by}(kube_pod_container_resource_requests{resource="${resource}"} and on (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"} == 1))`;
const allocatable = (resource: string, by = ''): string =>
  `sum ${by}(kube_node_status_allocatable{resource="${resource}"})`;
const usedCpu = (by = ''): string =>
  `sum ${by}(rate(container_cpu_usage_seconds_total${CONTAINERS}[$__rate_interval]))`;
const usedMemory = (by = ''): string => `sum ${by}(container_memory_working_set_bytes${CONTAINERS})`;
const details = { title: 'Pods', url: '/d/sluice-pods' };

const share = (title: string, resource: string): StatProps => ({
  ...{ kind: 'stat', title, unit: 'share', width: 6, decimals: 1, noData: NO_STATE },
  description: 'The requested share of what the nodes can give. Near 100 % a new pod waits for a node.',
  marks: [
    { from: 0.8, color: 'yellow' },
    { from: 0.95, color: 'red' },
  ],
  queries: [{ expr: `${requested(resource)} / ${allocatable(resource)}`, legend: resource }],
});

/** The cluster as a whole: room, use and pods. */
export const clusterDashboard: DashboardSpec = {
  name: 'cluster',
  title: 'Cluster',
  description: 'Is there room: what the nodes can give, what pods request, and what they use.',
  span: '6h',
  rows: [
    {
      title: 'Room',
      panels: [
        share('CPU requested', 'cpu'),
        share('Memory requested', 'memory'),
        {
          ...{ kind: 'stat', title: 'Nodes not ready', unit: 'nodes', width: 6, noData: NO_STATE },
          description:
            'Nodes whose kubelet does not report as ready. Their pods start elsewhere after five minutes.',
          marks: [{ from: 1, color: 'red' }],
          queries: [
            {
              expr: 'count(kube_node_status_condition{condition="Ready",status="true"}) - sum(kube_node_status_condition{condition="Ready",status="true"})',
              legend: 'not ready',
            },
          ],
        },
        {
          ...{ kind: 'stat', title: 'Pods that wait for a node', unit: 'pods', width: 6, noData: NO_STATE },
          description:
            'Pods that no node has room for. The autoscaler of nodes should make one within minutes.',
          marks: [{ from: 1, color: 'orange' }],
          queries: [
            { expr: orNone('sum(kube_pod_status_unschedulable)', 'kube_pod_info'), legend: 'waiting' },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'CPU of the cluster', unit: 'cores', width: 12, noData: NO_STATE },
          description: 'What the nodes can give, what running pods request, and what is used.',
          limits: ['allocatable'],
          queries: [
            { expr: usedCpu(), legend: 'used' },
            { expr: requested('cpu'), legend: 'requested' },
            { expr: allocatable('cpu'), legend: 'allocatable' },
          ],
        },
        {
          ...{
            kind: 'time-series',
            title: 'Memory of the cluster',
            unit: 'bytes',
            width: 12,
            noData: NO_STATE,
          },
          description: 'What the nodes can give, what running pods request, and what is used.',
          limits: ['allocatable'],
          queries: [
            { expr: usedMemory(), legend: 'used' },
            { expr: requested('memory'), legend: 'requested' },
            { expr: allocatable('memory'), legend: 'allocatable' },
          ],
        },
      ],
    },
    {
      title: 'Who has it',
      panels: [
        {
          ...{
            kind: 'time-series',
            title: 'Requested CPU by namespace',
            unit: 'cores',
            noData: NO_STATE,
            details,
          },
          description: 'What the running pods of each namespace reserve.',
          stacked: true,
          queries: [{ expr: requested('cpu', 'by (namespace) '), legend: '{{namespace}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Used CPU by namespace', unit: 'cores', noData: NO_USE, details },
          description: 'What the containers of each namespace use.',
          stacked: true,
          queries: [{ expr: usedCpu('by (namespace) '), legend: '{{namespace}}' }],
        },
        {
          ...{
            kind: 'time-series',
            title: 'Used memory by namespace',
            unit: 'bytes',
            noData: NO_USE,
            details,
          },
          description: 'What the containers of each namespace hold in memory.',
          stacked: true,
          queries: [{ expr: usedMemory('by (namespace) '), legend: '{{namespace}}' }],
        },
      ],
    },
    {
      title: 'Pods and autoscalers',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Pods by phase', unit: 'pods', noData: NO_STATE },
          description: 'Pods of the cluster. Pending ones wait for a node, a volume or an image.',
          stacked: true,
          queries: [{ expr: 'sum by (phase) (kube_pod_status_phase)', legend: '{{phase}}' }],
          colors: podColors,
        },
        {
          ...{ kind: 'table', title: 'Pods by namespace', unit: 'count', noData: NO_STATE, details },
          description: 'Running pods of each namespace, and those that are not ready.',
          columns: { namespace: 'Namespace' },
          values: ['Running', 'Not ready'],
          queries: [
            { expr: 'sum by (namespace) (kube_pod_status_phase{phase="Running"})', legend: '' },
            {
              expr: 'sum by (namespace) (kube_pod_status_ready{condition="false"} and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1))',
              legend: '',
            },
          ],
        },
        {
          ...{ kind: 'table', title: 'HPAs', unit: 'count', noData: 'There is no HPA in this cluster.' },
          description:
            'The current count of each HPA, and its minimum and maximum. At the maximum more load makes every request slower.',
          columns: { namespace: 'Namespace', horizontalpodautoscaler: 'HPA' },
          values: ['Current', 'Minimum', 'Maximum'],
          queries: ['status_current', 'spec_min', 'spec_max'].map((name) => ({
            expr: `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_${name}_replicas)`,
            legend: '',
          })),
        },
      ],
    },
  ],
};
