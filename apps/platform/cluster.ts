import { type Alert, type NamespaceOwners, ownedByNamespace } from '../../charts/alerts.ts';
import { ClusterIssuer } from '../../charts/certificate.ts';
import { Priority } from '../../charts/disruption.ts';
import type { Application } from '../application.ts';
import { broker, PRIORITY } from './identities.ts';

/** States of pods and volumes of any namespace; each notifies the team of its namespace. */
export const podAlerts = (owners: NamespaceOwners): readonly Alert[] =>
  [...podStates, ...podResources, ...volumeAlerts, hpaAtMaximum].map((alert) => ({
    ...alert,
    expr: ownedByNamespace(alert.expr, owners),
  }));

/** The share of periods in which a container may be throttled. */
export const THROTTLED_SHARE = 0.25;

/** The share of its CPU that a node may use for long. */
export const NODE_CPU_SHARE = 0.9;

/** The share of its memory that a node may use. */
export const NODE_MEMORY_SHARE = 0.9;

const CONTAINER = 'by (namespace, pod, container)';

const podStates: readonly Alert[] = [
  {
    name: 'PodsCrashLoop',
    severity: 'warning',
    expr: `max ${CONTAINER} (max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])) >= 1`,
    for: '10m',
    summary:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} crashes again and again.',
    description: 'Look at its log before the last restart, and at the reason of its last termination.',
  },
  {
    name: 'ContainersOutOfMemory',
    severity: 'warning',
    expr: `sum ${CONTAINER} (increase(kube_pod_container_status_restarts_total[10m])) > 0 and ${CONTAINER.replace('by', 'on')} kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1`,
    for: '0m',
    summary:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed for its memory.',
    description: 'It asked for more than its limit. Raise the limit, or look for what it keeps in memory.',
  },
];

const podResources: readonly Alert[] = [
  {
    name: 'ContainersThrottled',
    severity: 'warning',
    expr: `sum ${CONTAINER} (increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m])) / sum ${CONTAINER} (increase(container_cpu_cfs_periods_total{container!=""}[5m])) > ${THROTTLED_SHARE}`,
    for: '15m',
    summary:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} is throttled in {{ $value | humanizePercentage }} of its periods.',
    description: 'Its CPU limit is below what it needs: raise it, or leave it out as the charts here do.',
  },
  {
    name: 'ContainerMemoryHigh',
    severity: 'warning',
    expr: `max ${CONTAINER} (container_memory_working_set_bytes{container!=""}) / max ${CONTAINER} (kube_pod_container_resource_limits{resource="memory"}) > 0.9`,
    for: '10m',
    summary:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit.',
    description: 'At the limit it is killed. Raise the limit, or look for what it keeps in memory.',
  },
  {
    name: 'PodCpuHigh',
    severity: 'info',
    expr: 'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m])) / sum by (namespace, pod) (kube_pod_container_resource_requests{resource="cpu"}) > 3',
    for: '30m',
    summary:
      '{{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanize }} times the CPU that it requests.',
    description:
      'It lives on what the node has to spare, and slows down when others need it: raise its request.',
  },
];

const volumeAlerts: readonly Alert[] = [
  {
    name: 'VolumeFillsUp',
    severity: 'warning',
    expr: 'predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0 and kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.4',
    for: '1h',
    summary:
      'The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is full within four days.',
    description: 'So the last six hours say. Make it larger, or find out what fills it.',
  },
  {
    name: 'VolumeAlmostFull',
    severity: 'critical',
    expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.05',
    for: '5m',
    summary:
      'The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its space left.',
    description: 'What writes to it is about to fail. Make it larger, or delete what is not needed.',
  },
];

const hpaAtMaximum: Alert = {
  name: 'HpaAtMaximum',
  severity: 'warning',
  expr: 'kube_horizontalpodautoscaler_status_current_replicas == kube_horizontalpodautoscaler_spec_max_replicas > kube_horizontalpodautoscaler_spec_min_replicas',
  for: '15m',
  summary:
    'The HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has been at its maximum of {{ $value }} replicas for 15 minutes.',
  description: 'More load makes every request slower. Raise the maximum after a look at `sluice capacity`.',
};

/** States of nodes. */
export const nodeAlerts: readonly Alert[] = [
  {
    name: 'NodeNotReady',
    severity: 'critical',
    expr: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
    for: '5m',
    summary: 'The node {{ $labels.node }} is not ready.',
    description:
      'Its pods start elsewhere after five minutes, where there is room. Look at its kubelet and its machine.',
  },
  {
    name: 'NodeCpuHigh',
    severity: 'warning',
    expr: `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > ${NODE_CPU_SHARE}`,
    for: '30m',
    summary: 'The node {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its CPU.',
    description:
      'Pods get what they request and no more. Look at who uses more than that, and at the number of nodes.',
  },
  {
    name: 'NodeMemoryHigh',
    severity: 'warning',
    expr: `1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > ${NODE_MEMORY_SHARE}`,
    for: '15m',
    summary: 'The node {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory.',
    description:
      'The kubelet evicts pods when too little is left: those first that use more than they request.',
  },
  {
    name: 'NodeDiskFillsUp',
    severity: 'warning',
    expr: 'predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"}[6h], 24 * 3600) < 0 and node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.3',
    for: '1h',
    summary: 'The disk {{ $labels.mountpoint }} of {{ $labels.instance }} is full within a day.',
    description:
      'The kubelet then deletes images and evicts pods. Look at images, logs and emptyDir volumes.',
  },
];

/** What belongs to no namespace. */
export const cluster: Application = {
  name: 'cluster',
  parent: 'infra-workloads',
  namespace: broker.namespace,
  stage: 'foundation',
  build: (scope, { web: { clusterIssuer, ingressClassName } }) => {
    if (clusterIssuer !== undefined)
      new ClusterIssuer(scope, 'issuer', { name: clusterIssuer, ingressClassName });
    new Priority(scope, PRIORITY.high, {
      name: PRIORITY.high,
      value: 1_000_000,
      description: 'What others wait for: the broker, the scaler, and the web service that answers people.',
    });
    new Priority(scope, PRIORITY.low, {
      name: PRIORITY.low,
      value: 500_000,
      preempts: false,
      description: 'Work that can wait for room: a job that is put off is still in its queue.',
    });
  },
};
