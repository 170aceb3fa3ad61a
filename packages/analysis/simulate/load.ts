import { readFileSync } from 'node:fs';
import { type Arrivals, parseTrace, type Simulation, type Trace, TraceError } from '@sluice/policy';
import type { QueueWork, System } from '../../../apps/application.ts';
import { ConfigurationError } from '../../contracts/checks.ts';

/** What arrived, as it was recorded, in words and as it is replayed. */
export type RecordedLoad = Pick<Load, 'title' | 'arrivals'>;

/** What is asked of the load; undefined: as the desired state says. */
export interface LoadOptions {
  /** Path of a recorded trace. */
  readonly trace: string | undefined;
  readonly jobs: number | undefined;
  readonly everySeconds: number | undefined;
  /** Length of the simulation. @default a day; of a trace, its span and an hour */
  readonly seconds: number | undefined;
  readonly podStartSeconds: number;
  readonly seed: number;
  /** Replayed where no other load is asked for. @default none */
  readonly recorded?: RecordedLoad | undefined;
}

/** Whether the options say what arrives. */
export const saysArrivals = ({ trace, jobs, everySeconds }: LoadOptions): boolean =>
  [trace, jobs, everySeconds].some((option) => option !== undefined);

/** What meets a policy: all of a simulation but the policy itself. */
export interface Load extends Omit<Simulation, 'policy'> {
  /** In words: `bursts of 100 jobs every 600 s`. */
  readonly title: string;
}

/** The assumed load of a queue that nothing here publishes to. */
const ASSUMED = { jobs: 100, everySeconds: 600 };

/**
 * The load of a worker in its environment: what publishes to its queue, unless the options say otherwise.
 * @param pollSeconds between two readings of the backlog
 * @throws {ConfigurationError} for a trace that cannot be read or is none
 */
export function loadOf(work: QueueWork, system: System, pollSeconds: number, options: LoadOptions): Load {
  const { seconds, seed } = options;
  return {
    ...arrivalsOf(work, system, options),
    seed,
    timing: {
      ...{ pollSeconds, scrapeDelaySeconds: 0, podStartSeconds: options.podStartSeconds },
      service: { distribution: 'constant', meanSeconds: work.meanJobSeconds },
      gracefulStopSeconds: work.stopDeadlineSeconds,
      killsAfterGrace: true,
    },
    ...(seconds !== undefined && { seconds }),
  };
}

function arrivalsOf(work: QueueWork, system: System, options: LoadOptions): RecordedLoad {
  const { trace, recorded } = options;
  if (trace !== undefined) return ofTrace(trace);
  return saysArrivals(options) || recorded === undefined ? burstsOf(work, system, options) : recorded;
}

const ofTrace = (trace: string): RecordedLoad => ({
  title: `the trace ${trace}`,
  arrivals: traceOf(trace),
});

function burstsOf({ queue }: QueueWork, { arrivals: known }: System, options: LoadOptions): RecordedLoad {
  const published = known.find((one) => one.queue === queue);
  const jobs = options.jobs ?? published?.jobs ?? ASSUMED.jobs;
  const everySeconds = options.everySeconds ?? published?.everySeconds ?? ASSUMED.everySeconds;
  const arrivals: Arrivals = { kind: 'bursts', jobs, everySeconds };
  const assumed = published === undefined && (options.jobs ?? options.everySeconds) === undefined;
  const note = assumed ? ' (assumed: nothing here publishes to its queue)' : '';
  return { title: `bursts of ${jobs} jobs every ${everySeconds} s${note}`, arrivals };
}

/**
 * The arrivals in a file.
 * @param command Whose errors they are.
 * @throws {ConfigurationError} for a file that cannot be read, and with every line that is no entry of a trace
 */
export function traceOf(path: string, command = 'simulate'): Trace {
  const fault = (text: string): string => `'--trace' (${path}) ${text}`;
  try {
    return parseTrace(readFileSync(path, 'utf8'));
  } catch (error) {
    const faults =
      error instanceof TraceError ? error.faults : [`cannot be read: ${(error as Error).message}`];
    throw new ConfigurationError(command, faults.map(fault));
  }
}
