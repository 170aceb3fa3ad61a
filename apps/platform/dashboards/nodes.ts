import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import { NODE_CPU_SHARE, NODE_MEMORY_SHARE } from '../cluster.ts';

const NO_NODE = 'No node exporter reports: none runs on these nodes, or Prometheus cannot scrape it.';
const NODE = 'instance=~"$node"';
const DISKS = `{${NODE},fstype!~"tmpfs|overlay|squashfs"}`;
const rate = (series: string): string => `rate(${series}[$__rate_interval])`;
const busy = `1 - avg by (instance) (${rate(`node_cpu_seconds_total{${NODE},mode="idle"}`)})`;
const memory = `1 - max by (instance) (node_memory_MemAvailable_bytes{${NODE}}) / max by (instance) (node_memory_MemTotal_bytes{${NODE}})`;
const disk = `1 - min by (instance, mountpoint) (node_filesystem_avail_bytes${DISKS} / node_filesystem_size_bytes${DISKS})`;

/** The machines under the cluster, beside the numbers at which their alerts fire. */
export const nodesDashboard: DashboardSpec = {
  name: 'nodes',
  title: 'Nodes',
  description: 'Are the machines well: CPU, memory, disks and network of each node.',
  span: '6h',
  variables: [
    {
      ...{ name: 'node', label: 'Node', choice: 'all' },
      of: { series: 'node_memory_MemTotal_bytes', label: 'instance' },
    },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          ...{ kind: 'stat', title: 'Busiest CPU', unit: 'share', noData: NO_NODE, decimals: 1 },
          description: `The used share of the CPU of the busiest node. An alert fires above ${100 * NODE_CPU_SHARE} % for 30 minutes.`,
          marks: [
            { from: 0.7, color: 'yellow' },
            { from: NODE_CPU_SHARE, color: 'red' },
          ],
          queries: [{ expr: `max(${busy})`, legend: 'CPU' }],
        },
        {
          ...{ kind: 'stat', title: 'Fullest memory', unit: 'share', noData: NO_NODE, decimals: 1 },
          description: `The used share of the memory of the fullest node. An alert fires above ${100 * NODE_MEMORY_SHARE} %.`,
          marks: [
            { from: 0.8, color: 'yellow' },
            { from: NODE_MEMORY_SHARE, color: 'red' },
          ],
          queries: [{ expr: `max(${memory})`, legend: 'memory' }],
        },
        {
          ...{ kind: 'stat', title: 'Fullest disk', unit: 'share', noData: NO_NODE, decimals: 1 },
          description:
            'The used share of the fullest file system. The kubelet deletes images and evicts pods when too little is left.',
          marks: [
            { from: 0.7, color: 'yellow' },
            { from: 0.85, color: 'red' },
          ],
          queries: [{ expr: `max(${disk})`, legend: 'disk' }],
        },
      ],
    },
    {
      title: 'CPU and memory',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Used CPU', unit: 'share', noData: NO_NODE, axisSoftMax: 1 },
          description: 'The used share of the CPU of each node.',
          marks: [{ from: NODE_CPU_SHARE, color: 'red' }],
          queries: [{ expr: busy, legend: '{{instance}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Used memory', unit: 'share', noData: NO_NODE, axisSoftMax: 1 },
          description: 'The used share of the memory of each node.',
          marks: [{ from: NODE_MEMORY_SHARE, color: 'red' }],
          queries: [{ expr: memory, legend: '{{instance}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Time lost to waiting', unit: 'share', noData: NO_NODE },
          description:
            'The share of time in which work waited for CPU, memory or disks (pressure stall information).',
          queries: (['cpu', 'memory', 'io'] as const).map((resource) => ({
            expr: `max by (instance) (${rate(`node_pressure_${resource}_waiting_seconds_total{${NODE}}`)})`,
            legend: `{{instance}} ${resource}`,
          })),
        },
      ],
    },
    {
      title: 'Disks and network',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Used disk', unit: 'share', noData: NO_NODE, axisSoftMax: 1 },
          description: 'The used share of each file system.',
          queries: [{ expr: disk, legend: '{{instance}} {{mountpoint}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Disk reads and writes', unit: 'bytes/s', noData: NO_NODE },
          description: 'Bytes read from and written to the disks of each node per second.',
          queries: [
            {
              expr: `sum by (instance) (${rate(`node_disk_read_bytes_total{${NODE}}`)})`,
              legend: '{{instance}} read',
            },
            {
              expr: `sum by (instance) (${rate(`node_disk_written_bytes_total{${NODE}}`)})`,
              legend: '{{instance}} written',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Network', unit: 'bytes/s', noData: NO_NODE },
          description: 'Bytes received and sent per second, without the loopback.',
          queries: [
            {
              expr: `sum by (instance) (${rate(`node_network_receive_bytes_total{${NODE},device!="lo"}`)})`,
              legend: '{{instance}} received',
            },
            {
              expr: `sum by (instance) (${rate(`node_network_transmit_bytes_total{${NODE},device!="lo"}`)})`,
              legend: '{{instance}} sent',
            },
          ],
        },
      ],
    },
  ],
};
