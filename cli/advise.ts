import { writeFileSync } from 'node:fs';
import type { System } from '../apps/application.ts';
import { applications } from '../apps/main.ts';
import { pollsIn } from '../apps/platform/scaler.ts';
import { systemIn } from '../apps/rendering.ts';
import type { Environment } from '../environments/environment.ts';
import { environments } from '../environments/index.ts';
import { type Advice, advise } from '../packages/analysis/advise/advise.ts';
import { type Recorded, recordedOf } from '../packages/analysis/advise/arrivals.ts';
import { chartOf } from '../packages/analysis/advise/chart.ts';
import { arrivalsOf, type Counted } from '../packages/analysis/advise/range.ts';
import { jsonOf, sectionsOf, titleOf } from '../packages/analysis/advise/report.ts';
import { markdownOf, textOf } from '../packages/analysis/report/markup.ts';
import { loadOf, traceOf } from '../packages/analysis/simulate/load.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { type AdviseOptions, parse } from './advise/options.ts';
import { queryRange } from './prometheus.ts';

const help = `usage: sluice advise WORKLOAD --trace FILE | --prometheus URL --query COUNTER [options]

Replays recorded arrivals through every kind of policy and prints those that no other beats, the cheapest that meets
the objective as the line to paste, how it would have done on each day, and what it saves beside the policy of today.

  --trace FILE                arrivals as recorded: CSV of epoch-seconds,count (or epoch-milliseconds,count)
  --prometheus URL            where a Prometheus is, without /api
  --query COUNTER             PromQL of one series that counts what arrives
  --since DURATION            how far back                                         (7d)
  --until INSTANT             to when, as 2026-11-29T12:00:00Z                     (now)
  --step DURATION             between two samples                                  (15s)
  --p99-wait DURATION         objective: of 100 jobs 99 start within it            (60s)
  --max-replicas N            objective: never more                                (of the policy of today)
  --max-changes-per-hour N    objective: the count changes no more often           (any)
  --service DURATION          how long a job takes, on average                     (what the workload says)
  --pod-start DURATION        from a changed count to the first job                (10s)
  --environment NAME          whose workload                                       (local, else the first)
  --seed N                    the same seed gives the same advice                  (1)
  --svg FILE                  the policies as a picture
  --format FORMAT             text | markdown | json                               (text)
  --json                      the same as --format json

Exit code: 0; 1 when no policy meets the objective; 2 when an option cannot be.

  npx sluice advise consumer --trace arrivals.csv --p99-wait 30s
  npx sluice advise consumer --prometheus http://localhost:9090 --query 'sum(published_total)' --svg front.svg
`;

/** Where workloads and the hour come from. */
export interface Sources {
  readonly environments: readonly Environment[];
  readonly systemIn: (environment: Environment) => System;
  readonly now: () => number;
}

const checkout: Sources = {
  environments,
  systemIn: (environment) => systemIn(environment, applications),
  now: Date.now,
};

/** `sluice advise`. @returns 0, or 1 when no policy meets the objective @throws {ConfigurationError} */
export async function runAdvise(argv: string[], sources = checkout): Promise<number> {
  const asked = parse(argv, sources.environments);
  if (asked === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const { recorded, notes } = await arrivals(asked, sources);
  const advice = adviseFor(asked, recorded, sources);
  const subject = `${asked.workload} in ${asked.environment}`;
  if (asked.svg !== undefined) writeChart(asked.svg, chartOf(advice, titleOf(subject, sourceOf(asked))));
  process.stdout.write(shown(asked, advice, notes, subject));
  return advice.misses.length === 0 ? 0 : 1;
}

const sourceOf = ({ trace, range }: AdviseOptions): string => trace ?? `${range?.query} of ${range?.url}`;

async function arrivals(asked: AdviseOptions, { now }: Sources): Promise<Counted> {
  const { trace, range, stepSeconds } = asked;
  if (trace !== undefined) return { recorded: recordedOf(traceOf(trace, 'advise')), notes: [] };
  if (range === undefined) throw fault("needs '--trace', or '--prometheus' and '--query'");
  const toSeconds = Math.floor((asked.until ?? now()) / 1000 / stepSeconds) * stepSeconds;
  const span = { fromSeconds: toSeconds - asked.sinceSeconds, toSeconds, stepSeconds };
  return arrivalsOf(`'--query' (${range.query})`, await queryRange({ ...range, ...span }), stepSeconds);
}

function adviseFor(asked: AdviseOptions, recorded: Recorded, sources: Sources): Advice {
  const environment = sources.environments.find(({ name }) => name === asked.environment);
  if (environment === undefined) throw fault(`'--environment' (${asked.environment}) ${oneOf(sources)}`);
  const system = sources.systemIn(environment);
  const work = system.work.find((one) => one.name === asked.workload || one.scaled === asked.workload);
  if (work === undefined)
    throw fault(
      `'${asked.workload}' must be a workload of ${asked.environment}: ${system.work.map(({ name }) => name).join(', ')}`,
    );
  const { podStartSeconds, seed, objective, serviceSeconds = work.meanJobSeconds } = asked;
  const options = { trace: undefined, jobs: undefined, everySeconds: undefined, seconds: undefined };
  const { timing } = loadOf(work, system, pollsIn(environment).pollSeconds, {
    ...options,
    podStartSeconds,
    seed,
  });
  const { policy } = work;
  const base = policy.kind === 'schedule' ? policy.policy : policy;
  return advise({
    ...{ recorded, seed, today: { policy, line: `${policy.kind}, as it is` } },
    // Jobs differ: the exponential distribution is the harder case.
    timing: { ...timing, service: { distribution: 'exponential', meanSeconds: serviceSeconds } },
    objective: { ...objective, maxReplicas: objective.maxReplicas ?? base.maxReplicas },
  });
}

function shown(
  { format, ...asked }: AdviseOptions,
  advice: Advice,
  notes: readonly string[],
  subject: string,
): string {
  const source = sourceOf({ ...asked, format });
  if (format === 'json') return jsonOf(advice, source);
  const said = notes.length === 0 ? [] : [{ title: 'Of the arrivals', head: [], rows: [], notes }];
  const sections = [...sectionsOf(advice), ...said];
  const title = titleOf(subject, source);
  return format === 'markdown' ? markdownOf(title, sections) : textOf(title, sections);
}

function writeChart(path: string, svg: string): void {
  try {
    writeFileSync(path, svg);
  } catch (error) {
    throw fault(`'--svg' (${path}) cannot be written: ${(error as Error).message}`);
  }
}

const oneOf = ({ environments }: Sources): string =>
  `must be one of: ${environments.map(({ name }) => name).join(', ')}`;

const fault = (text: string): ConfigurationError => new ConfigurationError('advise', [text]);
