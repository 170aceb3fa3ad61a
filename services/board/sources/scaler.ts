import { request, type TextSample, textSamples } from '@sluice/runtime';
import { scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import type { Reading } from '../model/state.ts';

const TIMEOUT_MS = 2000;
const MAX_BYTES = 4 * 1024 * 1024;

const { backlog, currentReplicas, oldestWait, readingAge, leader } = scaler;
const WANTED = new Set([backlog, currentReplicas, oldestWait, readingAge, leader].map(({ name }) => name));

/** What the board reads of every workload. */
export interface ReadingSource {
  /** @throws Error whatever the reason, in a sentence that names the address */
  read(signal: AbortSignal): Promise<readonly Reading[]>;
}

/** The scaler's metrics: its own page where there is one scaler, Prometheus' `/federate` where several stand for each other. */
export const scalerSource = (url: string): ReadingSource => ({
  read: async (signal) => {
    const { status, body } = await request({ url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal });
    if (status !== 200) throw new Error(`${url} answers ${status}`);
    return readingsIn(body.toString());
  },
});

/**
 * The workloads of an exposition, by name. A scaler that follows repeats what it knew when it led: of several pods the
 * one that leads counts.
 * @throws Error for a line that cannot be read, where there is no scaler, and where none leads
 */
export function readingsIn(exposition: string): readonly Reading[] {
  const samples = [...textSamples(exposition, WANTED)];
  if (samples.length === 0) throw new Error('no scaler is in what it tells');
  const scalers = samples.filter(({ name }) => name === leader.name);
  const leaders = scalers.filter(({ value }) => value === 1).map(({ labels }) => labels.pod);
  if (scalers.length > 0 && leaders.length === 0) throw new Error('no scaler leads');
  return readingsOf(
    samples.filter(
      ({ name, labels }) => name !== leader.name && (scalers.length === 0 || leaders.includes(labels.pod)),
    ),
  );
}

function readingsOf(samples: readonly TextSample[]): readonly Reading[] {
  const readings = new Map<string, Reading>();
  for (const { name, labels, value } of samples) {
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
