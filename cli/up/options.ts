import { parseArgs } from 'node:util';
import { ConfigurationError } from '../errors.ts';

/** What a run on this machine is asked to be. */
export interface UpOptions {
  /** Jobs a publisher run publishes. */
  readonly jobs: number;
  /** Seconds between the starts of two publisher runs; undefined: one run. */
  readonly everySeconds: number | undefined;
  /** Publisher runs; Infinity: until Ctrl-C. */
  readonly runs: number;
  /** Mean seconds a job takes; undefined: what apps/ says. */
  readonly workSeconds: number | undefined;
  /** Plain lines instead of the live view. */
  readonly plain: boolean;
}

export const upHelp = `usage: sluice up [options]     (npm start -- [options])

Synthesizes dist/, then runs the system of the local environment on this machine: broker, topology,
publisher, scaler and consumers, by the same typed policy, until every job is done.

  --jobs N          jobs in a publisher run                        (100)
  --every DURATION  publish again and again: 30s, 10m, 1h          (once)
  --runs N          stop publishing after N runs                   (1, or no end with --every)
  --work DURATION   mean time of a job                             (what apps/jobs.ts says)
  --plain           plain lines, also on a terminal

The broker: AMQP_URL if set (and MANAGEMENT_URL, else its host at port 15672), else LavinMQ where Docker
answers, else RabbitMQ of this machine. Exit code 0: published = confirmed = processed, none lost or doubled.
`;

const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/** '30s' -> 30. @returns undefined for anything that is not a positive number with a unit. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const seconds = match ? Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS] : 0;
  return seconds > 0 ? seconds : undefined;
}

/** @returns undefined when help was asked for. @throws ConfigurationError naming every fault. */
export function parseUpOptions(argv: string[]): UpOptions | undefined {
  const { values } = parse(argv);
  if (values.help) return undefined;
  const faults: string[] = [];
  const count = (name: string, text: string | undefined, otherwise: number): number => {
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1)
      faults.push(`'--${name}' (${text}) must be a whole number >= 1`);
    return value;
  };
  const duration = (name: string, text: string | undefined): number | undefined => {
    const seconds = text === undefined ? undefined : parseDuration(text);
    if (text !== undefined && seconds === undefined)
      faults.push(`'--${name}' (${text}) must be a positive duration such as 500ms, 30s, 10m or 1h`);
    return seconds;
  };
  const everySeconds = duration('every', values.every);
  const options = {
    jobs: count('jobs', values.jobs, 100),
    everySeconds,
    runs: count('runs', values.runs, everySeconds === undefined ? 1 : Number.POSITIVE_INFINITY),
    workSeconds: duration('work', values.work),
    plain: values.plain ?? false,
  };
  if (options.runs > 1 && everySeconds === undefined)
    faults.push(`'--runs' (${options.runs}) needs '--every'`);
  if (faults.length > 0) throw new ConfigurationError('up', faults);
  return options;
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        jobs: { type: 'string' },
        every: { type: 'string' },
        runs: { type: 'string' },
        work: { type: 'string' },
        plain: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new ConfigurationError('up', [error instanceof Error ? error.message : String(error)]);
  }
}
