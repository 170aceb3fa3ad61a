import type { Environment, RecordedArrivals } from '../environments/environment.ts';
import { jobsIn, traceOf } from '../packages/analysis/advise/arrivals.ts';
import { arrivalsOf, type Series } from '../packages/analysis/advise/range.ts';
import type { RecordedLoad } from '../packages/analysis/simulate/load.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { queryRange } from './prometheus.ts';

/** What environments have recorded. */
export interface Recordings {
  /** Undefined where nothing is recorded that can be replayed. */
  readonly of: (environment: string, queue: string) => RecordedLoad | undefined;
  /** Why bursts are replayed in its place. */
  readonly notes: readonly string[];
}

/** An environment and the queues whose arrivals are wanted. */
export interface RecordingRequest {
  readonly environment: Environment;
  readonly queues: readonly string[];
}

/** What the exporter reads of the broker. @see services/exporter/mappings/rabbitmq-management.yaml */
const COUNTER = 'rabbitmq_queue_messages_published_total';
const HOURS = 24;
const STEP_SECONDS = 15;
/** A comment waits no longer for one of its answers. */
const TIMEOUT_MS = 20_000;
/** A comment replays them twice; more take minutes. */
const MAX_JOBS = 5_000_000;

/** Nothing of any environment. */
export const NO_RECORDINGS: Recordings = { of: () => undefined, notes: [] };

/**
 * Asks the Prometheus of each environment that names one, in chunks, for all of its queues at once. It never fails: what
 * cannot be read is a note.
 * @param nowMs Milliseconds since 1970: the end of what is asked.
 */
export async function recordingsOf(wanted: readonly RecordingRequest[], nowMs: number): Promise<Recordings> {
  const found = new Map<string, RecordedLoad>();
  const notes: string[] = [];
  for (const { environment, queues } of wanted) {
    const { name, recordedArrivals } = environment;
    if (recordedArrivals === undefined || queues.length === 0) continue;
    const note = (why: string): number =>
      notes.push(`In ${name} the bursts of what publishes are replayed, not what arrived: ${why}`);
    const loads = await loadsOf(recordedArrivals, queues, nowMs, note);
    for (const [queue, load] of loads) found.set(keyOf(name, queue), load);
  }
  return { of: (environment, queue) => found.get(keyOf(environment, queue)), notes };
}

/** The loads of the queues that can be replayed, by their names. */
async function loadsOf(
  recorded: RecordedArrivals,
  queues: readonly string[],
  nowMs: number,
  note: (why: string) => void,
): Promise<Map<string, RecordedLoad>> {
  const loads = new Map<string, RecordedLoad>();
  const series = await attempt(() => asked(recorded, queues, nowMs), note);
  if (series === undefined) return loads;
  for (const queue of queues) {
    const load = await attempt(() => loadOf(queue, counterOf(recorded), series), note);
    if (load !== undefined) loads.set(queue, load);
  }
  return loads;
}

const keyOf = (environment: string, queue: string): string => JSON.stringify([environment, queue]);
const counterOf = ({ counter = COUNTER }: RecordedArrivals): string => counter;

/** @throws {ConfigurationError} for an address or a counter that is none, and with what the server said */
async function asked(
  recorded: RecordedArrivals,
  queues: readonly string[],
  nowMs: number,
): Promise<Series[]> {
  const { prometheus, hours = HOURS } = recorded;
  const toSeconds = Math.floor(nowMs / 1000 / STEP_SECONDS) * STEP_SECONDS;
  // Equal values of two exporters, or of a queue's name in two virtual hosts, must not add up.
  const query = `max by (queue) (${counterOf(recorded)}{queue=~${JSON.stringify(queues.map(literal).join('|'))}})`;
  return queryRange({
    ...{ url: prometheus.replace(/\/+$/, ''), query, stepSeconds: STEP_SECONDS, timeoutMs: TIMEOUT_MS },
    ...{ fromSeconds: toSeconds - hours * 3600, toSeconds },
    names: { url: "'recordedArrivals.prometheus'", query: "'recordedArrivals.counter'" },
  });
}

/** Names of queues are texts, and PromQL compares by regular expressions. */
const literal = (queue: string): string => queue.replace(/[^A-Za-z0-9_-]/g, '\\$&');

function loadOf(queue: string, counter: string, all: readonly Series[]): RecordedLoad {
  const own = all.filter(({ labels }) => labels.queue === queue);
  const { recorded, notes } = arrivalsOf(`${counter}{queue="${queue}"}`, own, STEP_SECONDS);
  const jobs = jobsIn(recorded);
  if (jobs === 0 || jobs > MAX_JOBS)
    throw new ConfigurationError('simulate', [
      `${counter}{queue="${queue}"} counts ${jobs} jobs, and 1 to ${MAX_JOBS} are replayed`,
    ]);
  const { startSeconds, counts } = recorded;
  const span = `${instant(startSeconds)} to ${instant(startSeconds + counts.length)} UTC`;
  const resets = notes.length === 0 ? '' : ` (${notes.join(' ')})`;
  return { title: `what arrived from ${span}${resets}`, arrivals: traceOf(recorded) };
}

const instant = (epochSeconds: number): string =>
  new Date(epochSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

async function attempt<Value>(
  work: () => Value | Promise<Value>,
  note: (why: string) => void,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    note(error.faults.join('; '));
    return undefined;
  }
}
