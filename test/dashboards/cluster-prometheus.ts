import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { addresses, pathsOf } from '../../packages/testbed/from-source/cluster-paths.ts';
import { ensurePackages } from '../../packages/testbed/lib/packages.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { kubeStateMetrics } from '../../packages/testbed/tools.ts';
import { insideOf } from '../cluster/in-cluster-process.ts';

const PORTS = { prometheus: 9090, state: 8180, stateTelemetry: 8181, argoCd: 8082, kubelet: 10_250 };

/**
 * kube-state-metrics and Debian's Prometheus in the cluster's network: they see the API server, the kubelet's
 * containers and Argo CD. @returns the address of Prometheus on this machine
 */
export async function startClusterPrometheus(cluster: Cluster): Promise<string> {
  await ensurePackages({ prometheus: '/usr/bin/prometheus' });
  const inside = insideOf(cluster.name);
  const state = join(await ensureTool(kubeStateMetrics), 'kube-state-metrics');
  const flags = [
    ...[`--kubeconfig=${inside.kubeconfig}`, '--host=127.0.0.1', '--telemetry-host=127.0.0.1'],
    ...[`--port=${PORTS.state}`, `--telemetry-port=${PORTS.stateTelemetry}`],
  ];
  inside.start({ name: 'kube-state-metrics', command: [state, ...flags] });
  const folder = join(inside.folder, 'prometheus');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(configuration(cluster.name)));
  const options = [`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`];
  inside.start({
    name: 'prometheus',
    command: ['prometheus', ...options, `--web.listen-address=127.0.0.1:${PORTS.prometheus}`],
  });
  const url = `http://127.0.0.1:${await inside.door('prometheus-door', `127.0.0.1:${PORTS.prometheus}`)}`;
  await until('every target of Prometheus to be up', 180, async () => (await up(url)) === TARGETS);
  return url;
}

/** Two pages of the kubelet, kube-state-metrics and Argo CD. */
const TARGETS = 4;

/** How many of its targets answer. */
async function up(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=sum(up)`).catch(() => undefined);
  if (response?.ok !== true) return 0;
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}

function configuration(cluster: string): object {
  const { pki } = pathsOf(cluster);
  const target = (address: string, labels = {}) => ({ static_configs: [{ targets: [address], labels }] });
  const kubelet = (job_name: string, metrics_path: string) => ({
    ...{ job_name, metrics_path, scheme: 'https' },
    // A series with a time of its own never ends when its pod is gone; the addon's kubelet job tracks that.
    honor_timestamps: false,
    tls_config: {
      cert_file: join(pki, 'kubelet-client.crt'),
      key_file: join(pki, 'kubelet-client.key'),
      // The kubelet signs its own.
      insecure_skip_verify: true,
    },
    ...target(`${addresses.node}:${PORTS.kubelet}`),
  });
  return {
    global: { scrape_interval: '5s', scrape_timeout: '4s' },
    scrape_configs: [
      kubelet('kubelet', '/metrics/cadvisor'),
      // With version 1 of cgroups the page above names no container; this one has their CPU and memory under the same names.
      kubelet('kubelet-resource', '/metrics/resource'),
      { job_name: 'kube-state-metrics', ...target(`127.0.0.1:${PORTS.state}`) },
      { job_name: 'argo-cd', ...target(`127.0.0.1:${PORTS.argoCd}`, { namespace: 'argocd' }) },
    ],
  };
}
