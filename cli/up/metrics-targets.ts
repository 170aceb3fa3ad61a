import { renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { request } from '@sluice/runtime';
import { scaler } from '../../packages/contracts/metrics/catalogue.ts';
import type { Metric } from '../../packages/contracts/metrics/metric.ts';

/** What the scaler's /metrics reports about the one workload this machine runs. */
export interface Gauges {
  readonly ready: number;
  readonly unacked: number;
  readonly replicas: number;
  /** Undefined where the broker does not report it. */
  readonly oldestWaitSeconds: number | undefined;
}

const TIMEOUT_MS = 1000;

/** @returns undefined while the scaler does not answer or has no reading yet, and once the signal has aborted. */
export async function readGauges(port: number, signal: AbortSignal): Promise<Gauges | undefined> {
  try {
    const url = `http://127.0.0.1:${port}/metrics`;
    const { status, body } = await request({ url, timeoutMs: TIMEOUT_MS, signal });
    return status === 200 ? parseGauges(body.toString()) : undefined;
  } catch {
    return undefined;
  }
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function parseGauges(exposition: string): Gauges | undefined {
  const value = ({ name }: Metric, label = ''): number | undefined => {
    const text = new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (\\S+)$`, 'm').exec(exposition)?.[1];
    const parsed = Number(text);
    return Number.isFinite(parsed) ? parsed : undefined;
  };
  const ready = value(scaler.backlog, 'state="ready"');
  const unacked = value(scaler.backlog, 'state="unacked"');
  const replicas = value(scaler.currentReplicas);
  if (ready === undefined || unacked === undefined || replicas === undefined) return undefined;
  return { ready, unacked, replicas, oldestWaitSeconds: value(scaler.oldestWait) };
}

/** One page of metrics of this run, with the labels that a ServiceMonitor gives it in a cluster. */
export interface MetricsTarget {
  /** `host:port` on this machine. */
  readonly address: string;
  readonly job: string;
  readonly namespace: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** Query parameters. @default none */
  readonly params?: Readonly<Record<string, string>>;
}

const HOST = '127.0.0.1';

/** Where the metrics of the broker, the scaler and each replica are, as a file for Prometheus' `file_sd_configs`. */
export class MetricsTargets {
  /** The file: written again whenever a process starts or ends. */
  readonly file: string;
  #targets: readonly MetricsTarget[];

  /** @param fixed Those that are there as long as the run */
  constructor(file: string, fixed: readonly MetricsTarget[]) {
    this.file = file;
    this.#targets = fixed;
    this.#write();
  }

  /** A process that has opened its port. */
  add(target: MetricsTarget): void {
    this.#targets = [...this.#targets.filter(({ address }) => address !== target.address), target];
    this.#write();
  }

  /** Takes out the pages whose port is closed: those of replicas that have ended. */
  async refresh(): Promise<void> {
    const asked = this.#targets;
    const addresses = [...new Set(asked.map(({ address }) => address))];
    const open = await Promise.all(addresses.map(isOpen));
    const closed = addresses.filter((_, index) => open[index] === false);
    const left = this.#targets.filter(({ address }) => !closed.includes(address));
    if (left.length === this.#targets.length) return;
    this.#targets = left;
    this.#write();
  }

  /** Prometheus may read at any moment: it finds the former file or this one. */
  #write(): void {
    const part = `${this.file}.part`;
    writeFileSync(part, `${JSON.stringify(this.#targets.map(targetGroup), null, 2)}\n`, { mode: 0o600 });
    renameSync(part, this.file);
  }
}

/** A process of this machine that serves metrics on a port of its own. */
export const processTarget = (service: string, namespace: string, port: number): MetricsTarget => ({
  ...{ address: `${HOST}:${port}`, job: service, namespace },
});

/** The two pages of a broker: the sums, and the counts of each queue by name. */
export function brokerTargets(url: string): readonly MetricsTarget[] {
  const common = { address: new URL(url).host, job: 'broker', namespace: 'broker' };
  return [common, { ...common, path: '/metrics/detailed', params: { family: 'queue_coarse_metrics' } }];
}

/** @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config */
function targetGroup({ address, job, namespace, path = '/metrics', params = {} }: MetricsTarget) {
  const parameters = Object.entries(params).map(([name, value]) => [`__param_${name}`, value]);
  return {
    targets: [address],
    labels: {
      ...{ job, namespace, service: job, pod: `${job}-${new URL(`http://${address}`).port}` },
      ...{ __metrics_path__: path, metrics_path: path, ...Object.fromEntries(parameters) },
    },
  };
}

/** Whether something listens there; only a refusal says that nothing does. */
function isOpen(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || 80, timeout: 1000 });
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'));
  });
}
