import { OptionReader, parseOptions } from '../arguments.ts';

/** What a run on this machine is asked to be. */
export interface UpOptions {
  /** The worker that runs. @default the first that jobs come to */
  readonly worker?: string;
  /** Jobs a publisher run publishes. */
  readonly jobs: number;
  /** Seconds between the starts of two publisher runs; undefined: one run. */
  readonly everySeconds: number | undefined;
  /** Publisher runs; Infinity: until Ctrl-C. */
  readonly runs: number;
  /** Mean seconds a job takes; undefined: what the worker says. */
  readonly workSeconds: number | undefined;
  /** Plain lines instead of the live view. */
  readonly plain: boolean;
}

/** What `sluice up --help` prints. */
export const upHelp = `usage: sluice up [worker] [options]     (npm start -- [worker] [options])
       sluice up transactions --help       transactions on Redis, MongoDB and Elasticsearch

Synthesizes dist/, then runs one worker of the local environment on this machine, with its own queue and policy:
broker, topology, publisher, scaler and replicas, until every job is done. A worker of another image runs the
program that its 'local' names. Without a name: the first worker that jobs come to. The board shows the run in a
browser, at the address that is printed, and ends with it.

  --jobs N          jobs in a publisher run                        (100)
  --every DURATION  publish again and again: 30s, 10m, 1h          (once)
  --runs N          stop publishing after N runs                   (1, or no end with --every)
  --work DURATION   mean time of a job that is simulated           (what the worker says)
  --plain           plain lines, also on a terminal

  sluice up
  sluice up consumer --jobs 2400 --every 30s

It prints where the metrics of the scaler and the broker are, and a file that lists every process with metrics for
Prometheus' file_sd_configs: it is written again as replicas come and go.

The broker: AMQP_URL if set (and MANAGEMENT_URL, else its host at port 15672), else LavinMQ where Docker
answers, else RabbitMQ of this machine. Exit code 0: published = confirmed = processed, none lost or doubled.

Ctrl-C, SIGTERM, a closed terminal: what is in hand may end within 3 s, everything has ended within 5 s; a second
Ctrl-C kills at once. Nothing outlives the command, also when it is killed.
`;

const options = {
  jobs: { type: 'string' },
  every: { type: 'string' },
  runs: { type: 'string' },
  work: { type: 'string' },
  plain: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** @returns undefined when help was asked for. @throws ConfigurationError naming every fault. */
export function parseUpOptions(argv: string[]): UpOptions | undefined {
  const { values, positionals } = parseOptions('up', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('up');
  const [worker, ...rest] = positionals;
  if (rest.length > 0) reader.fault(`takes one worker, not also '${rest.join(' ')}'`);
  const everySeconds = reader.duration('every', values.every);
  const asked = {
    ...(worker !== undefined && { worker }),
    jobs: reader.count('jobs', values.jobs, 100),
    everySeconds,
    runs: reader.count('runs', values.runs, everySeconds === undefined ? 1 : Number.POSITIVE_INFINITY),
    workSeconds: reader.duration('work', values.work),
    plain: values.plain ?? false,
  };
  if (asked.runs > 1 && everySeconds === undefined) reader.fault(`'--runs' (${asked.runs}) needs '--every'`);
  reader.check();
  return asked;
}
