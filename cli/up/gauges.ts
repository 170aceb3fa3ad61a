/** What the scaler's /metrics tells of the one workload this machine runs. */
export interface Gauges {
  readonly ready: number;
  readonly unacked: number;
  readonly replicas: number;
  readonly oldestWaitSeconds: number;
}

/** @returns undefined while the scaler does not answer or has no reading yet. */
export async function readGauges(port: number): Promise<Gauges | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(1000) });
    return response.ok ? parseGauges(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function parseGauges(exposition: string): Gauges | undefined {
  const value = (name: string, label = ''): number =>
    Number(new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (\\S+)$`, 'm').exec(exposition)?.[1]);
  const ready = value('sluice_scaler_backlog', 'state="ready"');
  const unacked = value('sluice_scaler_backlog', 'state="unacked"');
  const replicas = value('sluice_scaler_current_replicas');
  if ([ready, unacked, replicas].some(Number.isNaN)) return undefined;
  return { ready, unacked, replicas, oldestWaitSeconds: value('sluice_scaler_oldest_wait_seconds') || 0 };
}
