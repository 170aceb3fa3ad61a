import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import { THROTTLED_SHARE } from '../cluster.ts';
import { podColors } from './colors.ts';

const NO_STATE = 'kube-state-metrics reports no pod of this namespace.';
const NO_USE = 'The kubelets report no container of this namespace.';
const NAMESPACE = 'namespace=~"$namespace"';
const CONTAINERS = `{${NAMESPACE},container!=""}`;
/** Of pods: what a node itself sends has no pod, and a variable of all namespaces matches it as well. */
const PODS = `{${NAMESPACE},pod!=""}`;
const increase = (series: string): string => `increase(${series}[$__rate_interval])`;
const requests = (resource: string): string =>
  `kube_pod_container_resource_requests{${NAMESPACE},resource="${resource}"}`;
const cpu = `sum by (namespace, pod) (rate(container_cpu_usage_seconds_total${CONTAINERS}[$__rate_interval]))`;
const memory = `sum by (namespace, pod) (container_memory_working_set_bytes${CONTAINERS})`;
const throttled = `sum by (namespace, pod) (${increase(`container_cpu_cfs_throttled_periods_total${CONTAINERS}`)}) / (sum by (namespace, pod) (${increase(`container_cpu_cfs_periods_total${CONTAINERS}`)}) > 0)`;

/** The pods of a namespace: what they use beside what they request, and what ends them. */
export const podsDashboard: DashboardSpec = {
  name: 'pods',
  title: 'Pods',
  description: 'Do the pods of a namespace run, and do their requests fit what they use.',
  variables: [
    {
      ...{ name: 'namespace', label: 'Namespace', choice: 'all' },
      of: { series: 'kube_pod_info', label: 'namespace' },
    },
  ],
  rows: [
    {
      title: 'Do they run?',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Pods of the namespace by phase', unit: 'pods', noData: NO_STATE },
          description: 'Pending ones wait for a node, a volume or an image.',
          stacked: true,
          queries: [{ expr: `sum by (phase) (kube_pod_status_phase{${NAMESPACE}})`, legend: '{{phase}}' }],
          colors: podColors,
        },
        {
          ...{ kind: 'time-series', title: 'Restarts', unit: 'count', axisSoftMax: 1 },
          description: 'Containers that restarted in each interval. The table beside it says why.',
          noData: 'No container has restarted in this time span.',
          queries: [
            {
              expr: `sum by (namespace, pod) (${increase(`kube_pod_container_status_restarts_total{${NAMESPACE}}`)}) > 0`,
              legend: '{{namespace}}/{{pod}}',
            },
          ],
        },
        {
          ...{ kind: 'table', title: 'Containers that wait or were ended', unit: 'count' },
          description:
            'Why a container does not run, and why it last ended, such as CrashLoopBackOff or OOMKilled.',
          noData: 'No container waits, and none has ended otherwise than in order.',
          columns: { namespace: 'Namespace', pod: 'Pod', container: 'Container', reason: 'Reason' },
          values: ['Is so'],
          queries: [
            {
              expr: `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${NAMESPACE}} == 1 or kube_pod_container_status_last_terminated_reason{${NAMESPACE},reason!="Completed"} == 1)`,
              legend: '',
            },
          ],
        },
      ],
    },
    {
      title: 'CPU',
      panels: [
        {
          ...{
            kind: 'time-series',
            title: 'CPU requested and used by the namespace',
            unit: 'cores',
            noData: NO_STATE,
          },
          description:
            'What the pods reserve and what they use. A request that is never used keeps other pods out.',
          queries: [
            { expr: `sum(${requests('cpu')})`, legend: 'requested' },
            { expr: `sum(${cpu})`, legend: 'used' },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'CPU by pod', unit: 'cores', noData: NO_USE },
          description: 'The ten pods that use most.',
          queries: [{ expr: `topk(10, ${cpu})`, legend: '{{namespace}}/{{pod}}' }],
        },
        {
          ...{
            kind: 'time-series',
            title: 'Throttled periods',
            unit: 'share',
            noData: NO_USE,
            axisSoftMax: THROTTLED_SHARE,
          },
          description: `The share of periods in which a pod wanted more CPU than its limit. An alert fires above ${100 * THROTTLED_SHARE} %.`,
          marks: [{ from: THROTTLED_SHARE, color: 'red' }],
          queries: [{ expr: `topk(10, ${throttled})`, legend: '{{namespace}}/{{pod}}' }],
        },
      ],
    },
    {
      title: 'Memory and network',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Memory requested and used by the namespace', unit: 'bytes' },
          description: 'What the pods reserve, what they hold, and the sum of their limits.',
          noData: NO_STATE,
          queries: [
            { expr: `sum(${requests('memory')})`, legend: 'requested' },
            { expr: `sum(${memory})`, legend: 'used' },
            {
              expr: `sum(kube_pod_container_resource_limits{${NAMESPACE},resource="memory"})`,
              legend: 'limits',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Memory by pod', unit: 'bytes', noData: NO_USE },
          description: 'The ten pods that hold most. At its limit a container is killed.',
          queries: [{ expr: `topk(10, ${memory})`, legend: '{{namespace}}/{{pod}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Network of the namespace', unit: 'bytes/s' },
          description: 'Bytes received and sent by the pods per second.',
          noData: 'The kubelets report no network of these pods.',
          queries: [
            {
              expr: `sum(rate(container_network_receive_bytes_total${PODS}[$__rate_interval]))`,
              legend: 'received',
            },
            {
              expr: `sum(rate(container_network_transmit_bytes_total${PODS}[$__rate_interval]))`,
              legend: 'sent',
            },
          ],
        },
      ],
    },
  ],
};
