import type { Course, Scenario } from '../scenario.ts';
import { series } from './cluster.ts';

/** A series that stays what it is. */
export const same = (value: number): Course => ({ well: value, wrong: value });

/** A counter that stands still, and then grows by one a minute. */
export const GROWING: Course = { well: { perMinute: 0 }, wrong: { perMinute: 1 } };

/** A window of ten minutes is full of growth, and then of none. */
export const GROWN = { within: 12, resolves: 13 };

/** Prometheus scrapes the exporter no more: it is rolled out anew, and then it is gone. */
export const goneOf =
  (labels: Readonly<Record<string, string>>, what: string, name = 'up') =>
  (): Scenario => ({
    series: {
      [series(name, labels)]: {
        ...{ well: 1, tolerated: (minute: number) => (minute % 10 < 3 ? 0 : 1) },
        wrong: (minute: number) => (minute < 43 ? 0 : null),
      },
    },
    fires: [{ summary: what }],
    within: 12,
  });

/** CPU of a pod on a node of two cores, beside a second container and beside a pod of another node. */
export const cpuOf = (namespace: string, container: string) => (): Scenario => {
  const pod = `${namespace}-0`;
  const used = (name: string): string =>
    series('container_cpu_usage_seconds_total', { namespace, pod, container: name, cpu: 'total' });
  return {
    series: {
      [used(container)]: { well: { perMinute: 30 }, tolerated: { perMinute: 80 }, wrong: { perMinute: 102 } },
      [used('sidecar')]: { well: { perMinute: 6 }, wrong: { perMinute: 6 } },
      [series('kube_pod_info', { namespace, pod, node: 'a', uid: '1' })]: same(1),
      [series('kube_node_status_allocatable', { node: 'a', resource: 'cpu', unit: 'core' })]: same(2),
      [series('kube_node_status_allocatable', { node: 'b', resource: 'cpu', unit: 'core' })]: same(64),
      [series('kube_node_status_allocatable', { node: 'a', resource: 'memory', unit: 'byte' })]: same(1),
    },
    fires: [{ labels: { namespace, pod }, summary: `${namespace}/${pod} uses 90% of its node.` }],
    ...{ within: 22, resolves: 8 },
  };
};
