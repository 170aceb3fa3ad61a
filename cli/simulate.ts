import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Backend, isCounted, type Policy, type Report, type Simulation, simulate } from '@sluice/policy';
import type { QueueWork, System } from '../apps/application.ts';
import { applications, desiredState } from '../apps/main.ts';
import { pollsIn } from '../apps/platform/scaler.ts';
import { render, systemIn } from '../apps/rendering.ts';
import type { Environment, Polls } from '../environments/environment.ts';
import { environments } from '../environments/index.ts';
import { textOf } from '../packages/analysis/report/markup.ts';
import { chartOf } from '../packages/analysis/simulate/chart.ts';
import { type Comparison, compare } from '../packages/analysis/simulate/comparison.ts';
import { jobRows, literalRule, type Rows, table } from '../packages/analysis/simulate/figures.ts';
import { type Load, type LoadOptions, loadOf, saysArrivals } from '../packages/analysis/simulate/load.ts';
import { policiesOf, type RenderedPolicy } from '../packages/analysis/simulate/policies.ts';
import {
  type Comparisons,
  jsonOf,
  markdownReport,
  sectionsOf,
  titleOf,
} from '../packages/analysis/simulate/report.ts';
import { besideNoTimetable, requestRows } from '../packages/analysis/simulate/web-service.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import type { Files } from '../packages/manifests/manifests.ts';
import { Repository } from '../packages/manifests/revision.ts';
import { localEnvironment } from './local-environment.ts';
import { parseSimulate, type SimulateOptions, simulateHelp } from './simulate-options.ts';
import { NO_RECORDINGS, type Recordings, recordingsOf } from './simulate-recorded.ts';

/** Where the two sides come from. */
export interface Sources {
  /** The git work tree. */
  readonly root: string;
  /** Path below dist/ -> text, as the work tree would have it now. */
  readonly render: () => Files;
  readonly environments: readonly Environment[];
  readonly systemIn: (environment: Environment) => System;
  /** Milliseconds since 1970. @default the clock's */
  readonly now?: () => number;
}

const checkout: Sources = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  render: () => render(desiredState),
  environments,
  systemIn: (environment) => systemIn(environment, applications),
};

/** `sluice simulate`. @returns 0 @throws {ConfigurationError} with every fault of the options */
export async function runSimulate(argv: string[], sources = checkout): Promise<number> {
  const asked = parseSimulate(argv, sources.environments, Object.keys(formats));
  if (asked === undefined) process.stdout.write(simulateHelp);
  else if (asked.base === undefined) process.stdout.write(alone(asked, sources));
  else process.stdout.write(await besideBase(asked, asked.base, sources));
  return 0;
}

/** Reports by worker: of the one that is named, or of all. */
function alone(asked: SimulateOptions, sources: Sources): string {
  const { load, format, workload } = asked;
  const { environment = localEnvironment('simulate', sources.environments).name } = asked;
  const desired = desiredIn(environment, sources);
  const service = desired.system.services.find(({ name }) => name === workload);
  if (service !== undefined) {
    const reports = besideNoTimetable(service, desired.polls.pollSeconds, load);
    return shown(requestRows, [{ name: service.name, title: '', reports }], format);
  }
  const all = workersOf(desired, workload).map((work) => besideLiteralRule(desired, work, asked));
  return shown(jobRows, all, format);
}

/** What an environment wants, as far as it is simulated. */
interface Desired {
  readonly name: string;
  readonly system: System;
  readonly polls: Polls;
}

function desiredIn(name: string, { environments, systemIn }: Sources): Desired {
  const environment = environments.find((each) => each.name === name);
  if (environment === undefined)
    throw fault(
      `'--environment' (${name}) must be one of: ${environments.map((each) => each.name).join(', ')}`,
    );
  return { name, system: systemIn(environment), polls: pollsIn(environment) };
}

/** Finds workers by their name here or in the scaler's file. @throws {ConfigurationError} where there is none */
function workersOf({ name: environment, system }: Desired, name: string | undefined): QueueWork[] {
  const { work, services } = system;
  const found = work.filter((one) => name === undefined || one.name === name || one.scaled === name);
  if (found.length > 0) return found;
  const known = new Set([
    ...work.flatMap((one) => [one.name, one.scaled]),
    ...services.map((one) => one.name),
  ]);
  throw fault(
    name === undefined
      ? `${environment} has no worker; 'sluice simulate SERVICE --trace FILE' replays the requests of a web service`
      : `'${name}' must be a workload of ${environment}: ${[...known].join(', ')}`,
  );
}

/** The contents of one table. */
interface Table<R> {
  readonly name: string;
  readonly title: string;
  readonly reports: Readonly<Record<string, R>>;
}

function besideLiteralRule(
  { name, system, polls }: Desired,
  work: QueueWork,
  { load, backend }: SimulateOptions,
): Table<Report> {
  const { title, ...simulation } = loadOf(work, system, polls.pollSeconds, load);
  const { policy } = work;
  const literal = literalRule(policy);
  const reports = {
    [name]: simulate({ ...simulation, policy }),
    ...(backend !== undefined && { [backend]: besideBackend(name, policy, backend, simulation) }),
    ...(literal && { 'literal rule': simulate({ ...simulation, policy: literal }) }),
  };
  return { name: work.name, title: `${work.name}, under ${title}`, reports };
}

/** The same policy as a cluster's own controllers carry it out. */
function besideBackend(
  environment: string,
  policy: Policy,
  backend: Backend,
  simulation: Omit<Simulation, 'policy'>,
): Report {
  if (isCounted(policy)) return simulate({ ...simulation, policy, backend });
  throw fault(
    `'--backend' (${backend}) cannot follow the policy '${policy.kind}' of ${environment}: an HPA counts messages by replica, as proportional does, and drain with 'meanServiceSeconds'`,
  );
}

function shown<R>(rows: Rows<R>, tables: readonly Table<R>[], format: string): string {
  if (format === 'json') {
    const all = Object.fromEntries(tables.map(({ name, reports }) => [name, reports]));
    return `${JSON.stringify(all, null, 2)}\n`;
  }
  const texts = tables.map(
    ({ title, reports }) => `${title === '' ? '' : `${title}\n`}${table(rows, reports)}`,
  );
  return format === 'markdown' ? `\`\`\`\n${texts.join('\n')}\`\`\`\n` : texts.join('\n');
}

const formats: Readonly<Record<string, (comparisons: Comparisons) => string>> = {
  text: (comparisons) => textOf(titleOf(comparisons), sectionsOf(comparisons)),
  markdown: markdownReport,
  json: jsonOf,
};

async function besideBase(asked: SimulateOptions, base: string, sources: Sources): Promise<string> {
  const compared = await comparisons(asked, base, sources);
  if (asked.svg !== undefined) writeCharts(asked.svg, compared.all);
  return formats[asked.format]?.(compared) ?? '';
}

async function comparisons(asked: SimulateOptions, base: string, sources: Sources): Promise<Comparisons> {
  const repository = new Repository(sources.root, 'simulate');
  const revision = repository.resolve(base);
  if (revision === undefined) throw fault(`'--base' (${base}) is no revision of this repository`);
  // The load of a removed environment is unknown: 'sluice diff' reports the removal.
  const names = sources.environments
    .map(({ name }) => name)
    .filter((name) => name === (asked.environment ?? name));
  const wanted = ({ environment, workload }: RenderedPolicy): boolean =>
    names.includes(environment) && isAsked({ environment, workload }, asked.workload, sources);
  const { policies, unread } = readable(() => policiesOf(base, repository.dist(revision)));
  const before = policies.filter(wanted);
  const after = policiesOf('working tree', sources.render()).filter(wanted);
  if (before.length + after.length === 0)
    throw fault(
      `no scaler of ${names.join(', ')} knows ${asked.workload ?? 'any workload'} that follows a backlog`,
    );
  const recordings = await recordingsFor([...after, ...before], asked.load, sources);
  const all = compare(before, after, (rendered) => {
    const work = workOf(rendered, sources);
    const recorded = recordings.of(rendered.environment, work.queue);
    return loadOfRendered(rendered, work, { ...asked.load, recorded }, sources);
  });
  return { base, all, unread, notes: recordings.notes };
}

/** What the environments' own Prometheus have recorded, unless the options say what arrives. */
function recordingsFor(
  policies: readonly RenderedPolicy[],
  load: LoadOptions,
  sources: Sources,
): Recordings | Promise<Recordings> {
  if (saysArrivals(load)) return NO_RECORDINGS;
  const wanted = sources.environments.map((environment) => {
    const own = policies.filter((rendered) => rendered.environment === environment.name);
    return { environment, queues: [...new Set(own.map((rendered) => workOf(rendered, sources).queue))] };
  });
  return recordingsOf(wanted, (sources.now ?? Date.now)());
}

/** The load of a removed workload is unknown: it gets the load of a queue that nothing publishes to. */
function workOf({ environment, workload, policy }: RenderedPolicy, sources: Sources): QueueWork {
  const { system } = desiredIn(environment, sources);
  const gone: QueueWork = {
    ...{ name: workload, queue: workload, scaled: workload, policy, meanJobSeconds: 1 },
    ...{ stopDeadlineSeconds: 30, environment: () => ({}) },
  };
  return system.work.find((one) => one.scaled === workload) ?? gone;
}

const loadOfRendered = (
  { environment, pollSeconds }: RenderedPolicy,
  work: QueueWork,
  options: LoadOptions,
  sources: Sources,
): Load => loadOf(work, desiredIn(environment, sources).system, pollSeconds, options);

/** A revision of another time is no reason to say nothing about this one. */
function readable(read: () => RenderedPolicy[]): { policies: RenderedPolicy[]; unread: readonly string[] } {
  try {
    return { policies: read(), unread: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { policies: [], unread: error.faults };
  }
}

/** The scaler knows a worker by its queue; a person may call it by its own name. */
const isAsked = (
  { environment, workload: scaled }: Pick<RenderedPolicy, 'environment' | 'workload'>,
  name: string | undefined,
  sources: Sources,
): boolean =>
  name === undefined ||
  scaled === name ||
  desiredIn(environment, sources).system.work.some((one) => one.scaled === scaled && one.name === name);

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
