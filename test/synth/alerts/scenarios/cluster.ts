import type { AlertRule } from '../rules.ts';
import type { Course, Scenario } from '../scenario.ts';

type Labels = Readonly<Record<string, string>>;

/** `name{label="value"}`. */
export const series = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels).map(([key, value]) => `${key}="${value}"`)}}`;

/** Alerts of a namespace carry its owner. */
const owned = (labels: Labels): Labels => ({ ...labels, owner: 'platform' });

const pod = { namespace: 'shop', pod: 'web-1' };
const container = { ...pod, container: 'web' };
const NAMED = 'The container web of shop/web-1';

const claim = { namespace: 'shop', persistentvolumeclaim: 'data', node: 'a' };
const GIB = 1024 ** 3;

const volume = (available: Course): Scenario['series'] => ({
  [series('kubelet_volume_stats_available_bytes', claim)]: available,
  [series('kubelet_volume_stats_capacity_bytes', claim)]: { well: 100 * GIB, wrong: 100 * GIB },
});

const node = { instance: '10.0.0.1:9100', job: 'node-exporter' };
const disk = { ...node, mountpoint: '/', fstype: 'ext4', device: '/dev/vda1' };

const application = (more: Labels): string =>
  series('argocd_app_info', { name: 'consumer', project: 'workloads', ...more });

/** Fires within the hour, and after another hour of what is well it is resolved. */
const hours = { calm: 120, within: 300, resolves: 400, step: 5 };

/** Alerts of pods, volumes and HPAs of any namespace. */
const podScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  PodsCrashLoop: () => ({
    series: {
      [series('kube_pod_container_status_waiting_reason', { ...container, reason: 'CrashLoopBackOff' })]: {
        ...{ well: null, wrong: (minute) => (minute % 4 < 2 ? 1 : null) },
      },
      [series('kube_pod_container_status_waiting_reason', { ...container, reason: 'ContainerCreating' })]: {
        ...{ well: null, tolerated: 1, wrong: null },
      },
    },
    fires: [{ labels: owned(container), summary: `${NAMED} crashes again and again.` }],
    ...{ within: 12, resolves: 8 },
  }),
  ContainersOutOfMemory: () => ({
    series: {
      [series('kube_pod_container_status_restarts_total', { ...container, uid: '1' })]: {
        ...{ well: 0, tolerated: 1, wrong: 2 },
      },
      [series('kube_pod_container_status_last_terminated_reason', { ...container, reason: 'OOMKilled' })]: {
        ...{ well: null, wrong: 1 },
      },
    },
    fires: [{ labels: owned(container), summary: `${NAMED} was killed for its memory.` }],
    ...{ within: 2, resolves: 12 },
  }),
  ContainersThrottled: () => ({
    series: {
      [series('container_cpu_cfs_periods_total', container)]: {
        ...{ well: { perMinute: 600 }, wrong: { perMinute: 600 } },
      },
      [series('container_cpu_cfs_throttled_periods_total', container)]: {
        ...{ well: { perMinute: 0 }, tolerated: { perMinute: 120 }, wrong: { perMinute: 300 } },
      },
    },
    fires: [{ labels: owned(container), summary: `${NAMED} is throttled in 50% of its periods.` }],
    within: 20,
  }),
  ContainerMemoryHigh: () => ({
    series: {
      [series('container_memory_working_set_bytes', { ...container, image: 'web', id: '/a' })]: {
        ...{ well: 10, tolerated: 90, wrong: 95 },
      },
      [series('kube_pod_container_resource_limits', { ...container, resource: 'memory', unit: 'byte' })]: {
        ...{ well: 100, wrong: 100 },
      },
      [series('kube_pod_container_resource_limits', { ...container, resource: 'cpu', unit: 'core' })]: {
        ...{ well: 1, wrong: 1 },
      },
    },
    fires: [{ labels: owned(container), summary: `${NAMED} uses 95% of its memory limit.` }],
  }),
  PodCpuHigh: () => ({
    series: {
      [series('container_cpu_usage_seconds_total', container)]: {
        ...{ well: { perMinute: 6 }, tolerated: { perMinute: 17 }, wrong: { perMinute: 30 } },
      },
      [series('kube_pod_container_resource_requests', { ...container, resource: 'cpu', unit: 'core' })]: {
        ...{ well: 0.1, wrong: 0.1 },
      },
    },
    fires: [{ labels: owned(pod), summary: 'shop/web-1 uses 5 times the CPU that it requests.' }],
    within: 36,
  }),
  VolumeFillsUp: () => ({
    // It is half full, and more is written: not while there is room for weeks.
    series: volume({
      well: 50 * GIB,
      tolerated: { perMinute: (-0.1 * GIB) / 60 },
      wrong: { perMinute: -0.05 * GIB },
    }),
    fires: [{ labels: owned(claim), summary: 'The volume shop/data is full within four days.' }],
    ...hours,
  }),
  VolumeAlmostFull: () => ({
    series: volume({ well: 50 * GIB, tolerated: 5 * GIB, wrong: 4 * GIB }),
    fires: [{ labels: owned(claim), summary: 'The volume shop/data has 4% of its space left.' }],
  }),
  HpaAtMaximum: () => {
    const hpa = { namespace: 'shop', horizontalpodautoscaler: 'web' };
    const of = (name: string) => series(`kube_horizontalpodautoscaler_${name}`, hpa);
    return {
      series: {
        [of('status_current_replicas')]: { well: 3, tolerated: 14, wrong: 15 },
        [of('spec_max_replicas')]: { well: 15, wrong: 15 },
        [of('spec_min_replicas')]: { well: 3, wrong: 3 },
      },
      fires: [
        {
          labels: owned(hpa),
          summary: 'The HPA shop/web has been at its maximum of 15 replicas for 15 minutes.',
        },
      ],
    };
  },
};

/** Alerts of nodes. */
const nodeScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  NodeNotReady: () => {
    const ready = { node: 'a', condition: 'Ready', status: 'true' };
    return {
      series: {
        [series('kube_node_status_condition', ready)]: { well: 1, wrong: 0 },
        [series('kube_node_status_condition', { ...ready, condition: 'DiskPressure' })]: {
          well: 0,
          wrong: 0,
        },
      },
      fires: [{ labels: ready, summary: 'The node a is not ready.' }],
    };
  },
  NodeCpuHigh: () => ({
    series: {
      [series('node_cpu_seconds_total', { ...node, cpu: '0', mode: 'idle' })]: {
        ...{ well: { perMinute: 50 }, tolerated: { perMinute: 9 }, wrong: { perMinute: 3 } },
      },
    },
    fires: [
      { labels: { instance: node.instance }, summary: `The node ${node.instance} uses 95% of its CPU.` },
    ],
    within: 36,
  }),
  NodeMemoryHigh: () => ({
    series: {
      [series('node_memory_MemAvailable_bytes', node)]: { well: 50, tolerated: 11, wrong: 5 },
      [series('node_memory_MemTotal_bytes', node)]: { well: 100, wrong: 100 },
    },
    fires: [{ labels: node, summary: `The node ${node.instance} uses 95% of its memory.` }],
  }),
  NodeDiskFillsUp: () => ({
    series: {
      [series('node_filesystem_avail_bytes', disk)]: {
        ...{ well: 40 * GIB, tolerated: { perMinute: -0.01 * GIB }, wrong: { perMinute: -0.1 * GIB } },
      },
      [series('node_filesystem_size_bytes', disk)]: { well: 100 * GIB, wrong: 100 * GIB },
    },
    fires: [{ labels: disk, summary: `The disk / of ${node.instance} is full within a day.` }],
    ...hours,
  }),
};

/** Alerts of addons and of Prometheus itself. */
const toolScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  CertificateExpires: () => {
    const labels = { exported_namespace: 'broker', name: 'broker-tls', namespace: 'cert-manager' };
    const endsIn = (days: number) => (minute: number) => minute * 60 + days * 86_400;
    return {
      series: {
        [series('certmanager_certificate_expiration_timestamp_seconds', labels)]: {
          ...{ well: endsIn(60), tolerated: endsIn(15), wrong: endsIn(13) },
        },
      },
      fires: [{ labels, summary: 'The certificate broker/broker-tls ends in 13d 0h 0m 0s.' }],
    };
  },
  ApplicationOutOfSync: () => {
    const [synced, out] = ['Synced', 'OutOfSync'].map((sync_status) => ({ sync_status }));
    return {
      series: {
        [application({ ...synced })]: {
          well: 1,
          tolerated: (minute) => (minute > 30 ? 1 : null),
          wrong: null,
        },
        // A commit is live within minutes.
        [application({ ...out })]: { well: null, tolerated: (minute) => (minute > 30 ? null : 1), wrong: 1 },
      },
      fires: [
        {
          labels: { name: 'consumer', project: 'workloads', sync_status: 'OutOfSync' },
          summary: 'The Application consumer is OutOfSync.',
        },
      ],
    };
  },
  ApplicationDegraded: () => {
    const of = (health_status: string) => application({ health_status });
    return {
      series: {
        [of('Healthy')]: { well: 1, tolerated: null, wrong: null },
        [of('Progressing')]: { well: null, tolerated: 1, wrong: null },
        [of('Degraded')]: { well: null, wrong: 1 },
      },
      fires: [
        {
          labels: { name: 'consumer', project: 'workloads', health_status: 'Degraded' },
          summary: 'The Application consumer is Degraded.',
        },
      ],
    };
  },
  TargetDown: () => {
    const target = (instance: string) => series('up', { namespace: 'shop', job: 'web', instance });
    return {
      series: { [target('a')]: { well: 1, wrong: 1 }, [target('b')]: { well: 1, wrong: 0 } },
      fires: [
        {
          labels: owned({ namespace: 'shop', job: 'web' }),
          summary: 'Prometheus cannot scrape 50% of shop/web.',
        },
      ],
    };
  },
  Watchdog: () => ({
    series: {},
    always: true,
    fires: [{ summary: 'Prometheus evaluates its rules.' }],
  }),
};

export const clusterScenarios = { ...podScenarios, ...nodeScenarios, ...toolScenarios };
