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
