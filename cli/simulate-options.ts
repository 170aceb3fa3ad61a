import { type Backend, MAX_SIMULATION_SECONDS } from '@sluice/policy';
import type { Environment } from '../environments/environment.ts';
import type { LoadOptions } from '../packages/analysis/simulate/load.ts';
import { OptionReader, parseOptions } from './arguments.ts';

/** What `sluice simulate --help` prints. */
export const simulateHelp = `usage: sluice simulate [workload] [options]

Replays the policy of a worker, or of each, on virtual time. Beside it stands the literal rule of the source system
(ready > mark -> N, ready == 0 -> 0), or with --base the policy of another revision, as its dist/ has it.
A web service, such as 'api', is replayed on the requests of a --trace, with and without the timetable of its minimum.
What arrives is what is published to the queue; with --base, what arrived where the environment has 'recordedArrivals'.

  --base REVISION      compare with the policies of a git revision
  --environment NAME   whose policy                        (local, else the first; with --base all that have one)
  --trace FILE         arrivals as recorded: CSV of epoch-seconds,count
  --jobs N             arrivals as bursts: jobs in a burst                 (what is published to its queue)
  --every DURATION     seconds between two bursts                          (as it is published, else 10m)
  --for DURATION       how long                                            (24h; a trace's own span + 1h)
  --pod-start DURATION from a changed count to the first job               (10s)
  --seed N             the same seed gives the same report                 (1)
  --backend NAME       beside it the same policy as hpa or keda carries it out
  --svg FILE           with --base: backlog and replicas over time, as a chart
  --format FORMAT      text | markdown | json, which has the series too    (text)
  --json               the same as --format json

  npx sluice simulate
  npx sluice simulate --base main --svg chart.svg
  npx sluice simulate consumer --trace arrivals.csv
  npx sluice simulate api --trace requests.csv
`;

/** What is asked of `sluice simulate`. */
export interface SimulateOptions {
  /** Undefined: every one. */
  readonly workload: string | undefined;
  readonly base: string | undefined;
  readonly environment: string | undefined;
  /** Beside the scaler. */
  readonly backend: Backend | undefined;
  readonly load: LoadOptions;
  readonly svg: string | undefined;
  readonly format: string;
}

const options = {
  base: { type: 'string' },
  environment: { type: 'string' },
  trace: { type: 'string' },
  jobs: { type: 'string' },
  every: { type: 'string' },
  for: { type: 'string' },
  'pod-start': { type: 'string' },
  seed: { type: 'string' },
  svg: { type: 'string' },
  backend: { type: 'string' },
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

/**
 * @param formats Names that `--format` may take.
 * @returns undefined where the help is asked for
 * @throws {ConfigurationError} with every fault of the options
 */
export function parseSimulate(
  argv: string[],
  environments: readonly Environment[],
  formats: readonly string[],
): SimulateOptions | undefined {
  const { values, positionals } = parseOptions('simulate', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('simulate');
  const { base, environment, svg, format = values.json ? 'json' : 'text' } = values;
  const [workload, ...rest] = positionals;
  const known = environments.map(({ name }) => name);
  if (environment !== undefined) reader.oneOf('environment', environment, known);
  reader.oneOf('format', format, formats);
  if (rest.length > 0) reader.fault(`takes one workload, not also '${rest.join(' ')}'`);
  if (svg !== undefined && base === undefined) reader.fault(`'--svg' (${svg}) needs '--base'`);
  const backend = backendOf(values.backend, reader);
  if (backend !== undefined && base !== undefined) reader.fault(`'--backend' (${backend}) takes no '--base'`);
  const load = {
    trace: values.trace,
    jobs: values.jobs === undefined ? undefined : reader.count('jobs', values.jobs, 1),
    everySeconds: reader.duration('every', values.every),
    seconds: reader.duration('for', values.for, MAX_SIMULATION_SECONDS),
    podStartSeconds: reader.duration('pod-start', values['pod-start']) ?? 10,
    seed: reader.count('seed', values.seed, 1),
  };
  reader.check();
  return { workload, base, environment, backend, load, svg, format };
}

function backendOf(name: string | undefined, reader: OptionReader): Backend | undefined {
  if (name === 'hpa' || name === 'keda') return name;
  if (name !== undefined) reader.oneOf('backend', name, ['hpa', 'keda']);
  return undefined;
}
