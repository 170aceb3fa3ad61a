import { request, textSamples } from '@sluice/runtime';
import { scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import type { Reading } from '../model/state.ts';

const TIMEOUT_MS = 2000;
const MAX_BYTES = 4 * 1024 * 1024;

const { backlog, currentReplicas, oldestWait, readingAge } = scaler;
const WANTED = new Set([backlog, currentReplicas, oldestWait, readingAge].map(({ name }) => name));

/** What the board reads of every workload. */
export interface ReadingSource {
  /** @throws Error whatever the reason, in a sentence that names the address */
  read(signal: AbortSignal): Promise<readonly Reading[]>;
}

/** The scaler's own metrics: current where there is no Prometheus, and newer than a scrape where there is one. */
export const scalerSource = (url: string): ReadingSource => ({
  read: async (signal) => {
    const { status, body } = await request({ url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal });
    if (status !== 200) throw new Error(`${url} answers ${status}`);
    return readingsIn(body.toString());
  },
});

/** The workloads of an exposition, by name. @throws Error for a line that cannot be read */
export function readingsIn(exposition: string): readonly Reading[] {
  const readings = new Map<string, Reading>();
  for (const { name, labels, value } of textSamples(exposition, WANTED)) {
    const { workload } = labels;
    if (workload === undefined || !Number.isFinite(value) || value < 0) continue;
    const known = readings.get(workload) ?? { workload };
    readings.set(workload, { ...known, ...factOf(name, labels, value) });
  }
  return [...readings.values()].sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

function factOf(
  name: string,
  { state, source }: Readonly<Record<string, string>>,
  value: number,
): Partial<Reading> {
  if (name === currentReplicas.name) return { replicas: value };
  if (name === readingAge.name) return { readingAgeSeconds: value };
  if (name === backlog.name) return state === 'ready' ? { ready: value } : { unacked: value };
  return { oldestWait: { seconds: value, source: source === 'broker' ? 'broker' : 'first-sight' } };
}
