import { readFileSync } from 'node:fs';
import { type Arrivals, parseTrace, type Simulation, type Trace } from '@sluice/policy';
import { type JobsWorkload, jobsWorkload } from '../../../apps/jobs.ts';
import { environments } from '../../../environments/index.ts';
import { ConfigurationError } from '../../contracts/errors.ts';

/** What is asked of the load; undefined: as apps/jobs.ts says. */
export interface LoadOptions {
  /** Path of a recorded trace. */
  readonly trace: string | undefined;
  readonly jobs: number | undefined;
  readonly everySeconds: number | undefined;
  /** Length of the simulation. @default a day; of a trace, its span and an hour */
  readonly seconds: number | undefined;
  readonly podStartSeconds: number;
  readonly seed: number;
}

/** What meets a policy: all of a simulation but the policy itself. */
export interface Load extends Omit<Simulation, 'policy'> {
  /** In words: `bursts of 100 jobs every 600 s`. */
  readonly title: string;
}

/** @throws {ConfigurationError} for a trace that cannot be read, {TraceError} for one that is none */
export function loadOf(workload: JobsWorkload, options: LoadOptions): Load {
  const { trace, seconds, seed } = options;
  const jobs = options.jobs ?? workload.jobsPerRun;
  const everySeconds = options.everySeconds ?? workload.everyMinutes * 60;
  const arrivals: Arrivals = trace === undefined ? { kind: 'bursts', jobs, everySeconds } : traceOf(trace);
  return {
    title: trace === undefined ? `bursts of ${jobs} jobs every ${everySeconds} s` : `the trace ${trace}`,
    arrivals,
    seed,
    timing: timingOf(workload, options.podStartSeconds),
    ...(seconds !== undefined && { seconds }),
  };
}

const timingOf = (workload: JobsWorkload, podStartSeconds: number): Simulation['timing'] => ({
  pollSeconds: workload.pollSeconds,
  scrapeDelaySeconds: 0,
  podStartSeconds,
  service: { distribution: 'constant', meanSeconds: workload.workSeconds },
  gracefulStopSeconds: workload.stopDeadlineSeconds,
  killsAfterGrace: true,
});

/** The work of an environment. @throws {ConfigurationError} for one that is unknown */
export function workloadOf(name: string): JobsWorkload {
  const environment = environments.find((each) => each.name === name);
  if (environment !== undefined) return jobsWorkload(environment);
  const known = environments.map((each) => each.name).join(', ');
  throw new ConfigurationError('simulate', [`'--environment' (${name}) must be one of: ${known}`]);
}

/** @throws {ConfigurationError} for a trace that cannot be read, {TraceError} for one that is none */
export const traceOf = (path: string): Trace => parseTrace(readTrace(path));

function readTrace(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError('simulate', [
      `'--trace' (${path}) cannot be read: ${(error as Error).message}`,
    ]);
  }
}
