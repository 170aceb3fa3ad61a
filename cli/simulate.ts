import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MAX_SIMULATION_SECONDS, type Report, simulate } from '@sluice/policy';
import { render } from '../apps/main.ts';
import { api } from '../apps/project.ts';
import { environments } from '../environments/index.ts';
import { textOf } from '../packages/analysis/report/sections.ts';
import { chartOf } from '../packages/analysis/simulate/chart.ts';
import { type Comparison, compare } from '../packages/analysis/simulate/comparison.ts';
import { literalRule } from '../packages/analysis/simulate/literal-rule.ts';
import { type LoadOptions, loadOf, workloadOf } from '../packages/analysis/simulate/load.ts';
import { policiesOf, type RenderedPolicy } from '../packages/analysis/simulate/policies.ts';
import {
  type Comparisons,
  jsonOf,
  markdownReport,
  sectionsOf,
  titleOf,
} from '../packages/analysis/simulate/report.ts';
import { jobRows, type Rows, table } from '../packages/analysis/simulate/table.ts';
import { besideNoTimetable, requestRows } from '../packages/analysis/simulate/web-service.ts';
import { ConfigurationError } from '../packages/contracts/errors.ts';
import type { Files } from '../packages/manifests/manifests.ts';
import { Repository } from '../packages/manifests/revision.ts';
import { OptionReader, parseOptions } from './arguments.ts';

const help = `usage: sluice simulate [workload] [options]

Replays a workload against its policy on virtual time. Beside it stands the literal rule of the source system
(ready > mark -> N, ready == 0 -> 0), or with --base the policy of another revision, as its dist/ tells the scaler.
The workload 'api' is the web service: --trace tells its requests, and its HPA stands without the timetable and with it.

  --base REVISION      compare with the policies of a git revision
  --environment NAME   whose policy                        (local; with --base all that have one)
  --trace FILE         arrivals as recorded: CSV of epoch-seconds,count
  --jobs N             arrivals as bursts: jobs in a burst                 (what apps/jobs.ts publishes)
  --every DURATION     seconds between two bursts                          (what apps/jobs.ts says)
  --for DURATION       how long                                            (24h; a trace's own span + 1h)
  --pod-start DURATION from a changed count to the first job               (10s)
  --seed N             the same seed gives the same report                 (1)
  --svg FILE           with --base: backlog and replicas over time, as a chart
  --format FORMAT      text | markdown | json, which has the series too    (text)
  --json               the same as --format json

  sluice simulate
  sluice simulate --base main --svg chart.svg
  sluice simulate jobs --trace arrivals.csv
  sluice simulate api --trace requests.csv
`;

/** Where the two sides come from. */
export interface Sources {
  /** The git work tree. */
  readonly root: string;
  /** Path below dist/ -> text, as the work tree would have it now. */
  readonly render: () => Files;
}

const checkout: Sources = { root: fileURLToPath(new URL('..', import.meta.url)), render };

interface Asked {
  /** Undefined: every one. */
  readonly workload: string | undefined;
  readonly base: string | undefined;
  readonly environment: string | undefined;
  readonly load: LoadOptions;
  readonly svg: string | undefined;
  readonly format: string;
}

/** `sluice simulate`. @returns 0 @throws {ConfigurationError} with every fault of the options */
export async function runSimulate(argv: string[], sources = checkout): Promise<number> {
  const asked = parse(argv);
  if (asked === undefined) process.stdout.write(help);
  else if (asked.base === undefined) process.stdout.write(alone(asked));
  else process.stdout.write(besideBase(asked, asked.base, sources));
  return 0;
}

function alone(asked: Asked): string {
  const { environment = 'local', load, format } = asked;
  if (asked.workload !== api.name) return besideLiteralRule(asked);
  return shown(requestRows, besideNoTimetable(workloadOf(environment), load), format);
}

function besideLiteralRule({ environment = 'local', workload: name, load, format }: Asked): string {
  const workload = workloadOf(environment);
  if (name !== undefined && name !== workload.queue)
    throw fault(
      `no workload of ${environment} is called '${name}': there are ${workload.queue} and ${api.name}`,
    );
  const { title: _, ...simulation } = loadOf(workload, load);
  const reports: Record<string, Report> = {
    [environment]: simulate({ ...simulation, policy: workload.policy }),
  };
  const literal = literalRule(workload.policy);
  if (literal !== undefined) reports['literal rule'] = simulate({ ...simulation, policy: literal });
  return shown(jobRows, reports, format);
}

function shown<R>(rows: Rows<R>, reports: Readonly<Record<string, R>>, format: string): string {
  if (format === 'json') return `${JSON.stringify(reports, null, 2)}\n`;
  const text = table(rows, reports);
  return format === 'markdown' ? `\`\`\`\n${text}\`\`\`\n` : text;
}

const formats: Readonly<Record<string, (comparisons: Comparisons) => string>> = {
  text: (comparisons) => textOf(titleOf(comparisons), sectionsOf(comparisons)),
  markdown: markdownReport,
  json: jsonOf,
};

function besideBase(asked: Asked, base: string, sources: Sources): string {
  const compared = comparisons(asked, base, sources);
  if (asked.svg !== undefined) writeCharts(asked.svg, compared.all);
  return formats[asked.format]?.(compared) ?? '';
}

function comparisons(asked: Asked, base: string, sources: Sources): Comparisons {
  const repository = new Repository(sources.root, 'simulate');
  const revision = repository.resolve(base);
  if (revision === undefined) throw fault(`'--base' (${base}) is no revision of this repository`);
  // What met the policies of an environment that is gone, nobody knows any more: 'sluice diff' tells of it.
  const names = environments.map(({ name }) => name).filter((name) => name === (asked.environment ?? name));
  const wanted = ({ environment, workload }: RenderedPolicy): boolean =>
    names.includes(environment) && workload === (asked.workload ?? workload);
  const { policies, unread } = readable(() => policiesOf(base, repository.dist(revision)));
  const before = policies.filter(wanted);
  const after = policiesOf('working tree', sources.render()).filter(wanted);
  if (before.length + after.length === 0)
    throw fault(
      `no scaler of ${names.join(', ')} knows ${asked.workload ?? 'any workload'} that follows a backlog`,
    );
  const all = compare(before, after, (environment) => loadOf(workloadOf(environment), asked.load));
  return { base, all, unread };
}

/** A revision of another time is no reason to say nothing about this one. */
function readable(read: () => RenderedPolicy[]): { policies: RenderedPolicy[]; unread: readonly string[] } {
  try {
    return { policies: read(), unread: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { policies: [], unread: error.faults };
  }
}

/** One file; of several comparisons each its own, named after it. */
function writeCharts(file: string, all: readonly Comparison[]): void {
  for (const comparison of all) {
    const name = [comparison.workload, ...comparison.environments].join('-');
    const path = all.length === 1 ? file : file.replace(/(\.svg)?$/, `-${name}.svg`);
    try {
      writeFileSync(path, chartOf(comparison));
    } catch (error) {
      throw fault(`'--svg' (${path}) cannot be written: ${(error as Error).message}`);
    }
  }
}

const fault = (text: string): ConfigurationError => new ConfigurationError('simulate', [text]);

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
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

function parse(argv: string[]): Asked | undefined {
  const { values, positionals } = parseOptions('simulate', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('simulate');
  const { base, environment, svg, format = values.json ? 'json' : 'text' } = values;
  const [workload, ...rest] = positionals;
  const known = environments.map(({ name }) => name);
  if (environment !== undefined) reader.oneOf('environment', environment, known);
  reader.oneOf('format', format, Object.keys(formats));
  if (rest.length > 0) reader.fault(`takes one workload, not also '${rest.join(' ')}'`);
  if (svg !== undefined && base === undefined) reader.fault(`'--svg' (${svg}) needs '--base'`);
  const load = {
    trace: values.trace,
    jobs: values.jobs === undefined ? undefined : reader.count('jobs', values.jobs, 1),
    everySeconds: reader.duration('every', values.every),
    seconds: reader.duration('for', values.for, MAX_SIMULATION_SECONDS),
    podStartSeconds: reader.duration('pod-start', values['pod-start']) ?? 10,
    seed: reader.count('seed', values.seed, 1),
  };
  reader.check();
  return { workload, base, environment, load, svg, format };
}
