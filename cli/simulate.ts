import { readFileSync } from 'node:fs';
import {
  type Arrivals,
  latch,
  type Policy,
  parseTrace,
  type Report,
  type Simulation,
  simulate,
} from '@sluice/policy';
import { environments } from '../apps/environments.ts';
import { type JobsWorkload, jobsWorkload } from '../apps/jobs.ts';
import { OptionReader, parseOptions } from './arguments.ts';
import { ConfigurationError } from './errors.ts';
import { table } from './simulate/table.ts';

const help = `usage: sluice simulate [options]

Replays a workload against the policy of apps/jobs.ts on virtual time, beside the literal rule of the
source system (ready > mark -> N, ready == 0 -> 0), and shows what each would have done.

  --environment NAME   whose policy                                        (local)
  --trace FILE         arrivals as recorded: CSV of epoch-seconds,count
  --jobs N             arrivals as bursts: jobs in a burst                 (what apps/jobs.ts publishes)
  --every DURATION     seconds between two bursts                          (what apps/jobs.ts says)
  --for DURATION       how long                                            (24h; a trace's own span + 1h)
  --pod-start DURATION from a changed count to the first job               (10s)
  --seed N             the same seed gives the same report                 (1)
  --json               the reports as JSON, with the series for a plot
`;

/** `sluice simulate`. @returns 0; 2 for bad options, by ConfigurationError. */
export async function runSimulate(argv: string[]): Promise<number> {
  const asked = parse(argv);
  if (asked === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const base = asked.simulation;
  const reports: Record<string, Report> = { [asked.environment]: simulate(base) };
  const literal = literalRule(base.policy);
  if (literal !== undefined) reports['literal rule'] = simulate({ ...base, policy: literal });
  process.stdout.write(asked.json ? `${JSON.stringify(reports, null, 2)}\n` : table(reports));
  return 0;
}

/** What the source system would do with the same numbers; undefined for policies that are no latch. */
export function literalRule(policy: Policy): Policy | undefined {
  const base = policy.kind === 'schedule' ? policy.policy : policy;
  if (base.kind !== 'latch') return undefined;
  const { startWhen } = base;
  const mark = 'readyAtLeast' in startWhen ? startWhen.readyAtLeast : startWhen.readyAbove;
  return latch({ replicas: base.maxReplicas, startWhen: { readyAbove: mark }, stopWhen: 'ready-empty' });
}

function parse(argv: string[]): { environment: string; json: boolean; simulation: Simulation } | undefined {
  const { values } = parseOptions('simulate', argv, {
    environment: { type: 'string', default: 'local' },
    trace: { type: 'string' },
    jobs: { type: 'string' },
    every: { type: 'string' },
    for: { type: 'string' },
    'pod-start': { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  });
  if (values.help) return undefined;
  const workload = workloadOf(values.environment);
  const reader = new OptionReader('simulate');
  const seconds = reader.duration('for', values.for);
  const podStartSeconds = reader.duration('pod-start', values['pod-start']) ?? 10;
  const bursts: Arrivals = {
    kind: 'bursts',
    jobs: reader.count('jobs', values.jobs, workload.jobsPerRun),
    everySeconds: reader.duration('every', values.every) ?? workload.everyMinutes * 60,
  };
  const seed = reader.count('seed', values.seed, 1);
  reader.check();
  const arrivals = values.trace === undefined ? bursts : parseTrace(readTrace(values.trace));
  const simulation = { policy: workload.policy, arrivals, timing: timingOf(workload, podStartSeconds), seed };
  return {
    environment: values.environment,
    json: values.json,
    simulation: seconds === undefined ? simulation : { ...simulation, seconds },
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

function workloadOf(name: string): JobsWorkload {
  const environment = environments.find((each) => each.name === name);
  if (environment !== undefined) return jobsWorkload(environment);
  const known = environments.map((each) => each.name).join(', ');
  throw new ConfigurationError('simulate', [`'--environment' (${name}) must be one of: ${known}`]);
}

function readTrace(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError('simulate', [
      `'--trace' (${path}) cannot be read: ${(error as Error).message}`,
    ]);
  }
}
