import type { Command } from '@sluice/runtime/processes';
import {
  type LocalProgram,
  maxReplicas,
  type QueueWork,
  type System,
  type WorkerPlatform,
} from '../../apps/application.ts';
import { applications } from '../../apps/main.ts';
import { pollsIn } from '../../apps/platform/scaler.ts';
import { systemIn } from '../../apps/rendering.ts';
import type { EnvValue } from '../../charts/pod.ts';
import { type BrokerAccess, brokerTopology, type QueueTopology } from '../../charts/queue-topology.ts';
import type { Environment, Polls } from '../../environments/environment.ts';
import { environments } from '../../environments/index.ts';
import { ConfigurationError } from '../../packages/contracts/checks.ts';
import { closestTo, OptionReader, parseOptions } from '../arguments.ts';
import { localEnvironment } from '../local-environment.ts';

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
       sluice up transactions --help      transactions on Redis, MongoDB and Elasticsearch

Synthesizes dist/, then runs one worker of the local environment on this machine, with its own queue and policy:
broker, topology, publisher, scaler and replicas, until every job is done. A worker of another image runs the
program that its 'local' names. Without a name: the first worker that jobs come to. The board shows the run in a
browser, at the address that is printed, and ends with it.

  --jobs N          jobs in a publisher run                        (100)
  --every DURATION  publish again and again: 30s, 10m, 1h          (once)
  --runs N          stop publishing after N runs                   (1, or no end with --every)
  --work DURATION   mean time of a job that is simulated           (what the worker says)
  --plain           plain lines, also on a terminal

  npx sluice up
  npx sluice up consumer --jobs 2400 --every 30s

It prints where the metrics of the scaler and the broker are, and a file that lists every process with metrics for
Prometheus' file_sd_configs: it is written again as replicas come and go.

The broker: AMQP_URL if set (and MANAGEMENT_URL, else its host at port 15672), else LavinMQ where Docker
answers, else RabbitMQ of this machine. Exit code 0: published = confirmed = processed, none lost or doubled.

Ctrl-C, SIGTERM, a closed terminal: jobs in work may end within 3 s, everything has ended within 5 s; a second
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

/** Who puts jobs into the queue on this machine. */
export const PUBLISHER = 'publisher';
/** Who shows the run in a browser. */
export const BOARD = 'board';
/** Who reads the backlog. */
export const SCALER = 'scaler';

/** One worker of the local environment, as this machine runs it. */
export interface SystemPlan {
  readonly work: QueueWork;
  readonly maxReplicas: number;
  readonly polls: Polls;
  /** The services of this repository that run. */
  readonly services: readonly string[];
  /** Users of the broker that it declares. */
  readonly users: readonly string[];
  /** TOPOLOGY_FILE; a user without a password file is not declared. */
  readonly topology: (vhost: string, passwordFiles: Readonly<Record<string, string>>) => QueueTopology;
  /** One replica: its command and its environment variables. @param serviceCommand of a service of this repository */
  readonly replica: (platform: WorkerPlatform, serviceCommand: (service: string) => Command) => Replica;
  /** Whether the worker prints what became of each job; of any other the broker knows how many it took. */
  readonly tells: boolean;
}

interface Replica {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
}

type PlanOptions = Partial<Pick<UpOptions, 'workSeconds' | 'worker'>>;

/** Where a plan comes from. */
export interface PlanSources {
  /** The local environment, with what its applications contribute. */
  readonly environment: Environment;
  readonly system: System;
  /** Variables of this command: what a cluster takes from Secrets. */
  readonly variables: NodeJS.ProcessEnv;
}

const wanted = (): PlanSources => {
  const environment = localEnvironment('up', environments);
  return { environment, system: systemIn(environment, applications), variables: process.env };
};

/**
 * What the local environment wants of one worker; an option of the command line goes before it.
 * @throws {ConfigurationError} for a worker that is unknown or that nothing on this machine runs, with every reason
 */
export function planFor({ workSeconds, worker }: PlanOptions = {}, sources = wanted()): SystemPlan {
  const { environment, system, variables } = sources;
  const work = workOf(system, worker);
  const values = valuesOf(work, workSeconds, variables);
  const users = usersOf(system, work);
  const queues = system.queues.filter(({ queue }) => queue === work.queue);
  const { local: program } = work;
  return {
    work,
    maxReplicas: maxReplicas(work.policy),
    polls: pollsIn(environment),
    services: ['topology', 'publisher', SCALER, BOARD, ...('service' in program ? [program.service] : [])],
    users: users.map(({ name }) => name),
    topology: (vhost, passwordFiles) =>
      brokerTopology({
        ...{ vhost, queues },
        users: users.filter(({ name }) => passwordFiles[name] !== undefined),
        passwordFile: (user) => passwordFiles[user] ?? '',
      }),
    replica: (platform, serviceCommand) => ({
      command: 'service' in program ? serviceCommand(program.service) : program.command,
      env: values(platform),
    }),
    tells: 'service' in program,
  };
}

/** One that a machine can run. */
type LocalWork = QueueWork & { readonly local: LocalProgram };

const runsHere = (work: QueueWork): work is LocalWork => work.local !== undefined;

/** The one that is named; else the first that jobs come to, of those that run on a machine. */
function workOf({ work, arrivals }: System, name: string | undefined): LocalWork {
  const names = work.map((each) => each.name);
  const here = work.filter(runsHere);
  const found =
    name === undefined
      ? (here.find((one) => arrivals.some(({ queue }) => queue === one.queue)) ?? here[0])
      : work.find((one) => one.name === name);
  if (found !== undefined && runsHere(found)) return found;
  if (found !== undefined) throw fault(noProgram(found));
  if (name === undefined) throw fault('there is no worker in the local environment that a machine can run');
  const near = closestTo(name, names);
  const hint = near === undefined ? `the workers are ${names.join(', ')}` : `did you mean '${near}'?`;
  throw fault(`there is no worker '${name}' in the local environment; ${hint}`);
}

const noProgram = ({ name }: QueueWork): string =>
  `'${name}' runs an image alone: say what runs in its place on this machine, such as 'local: { command: ["python3", "${name}/main.py"] }'`;

/** The worker, the publishers to its queue, and the scaler: each has here the permissions of the cluster. */
function usersOf({ brokerUsers }: System, { name, queue }: QueueWork): BrokerAccess[] {
  const own = brokerUsers.find((user) => user.name === name) ?? { name, consumes: [queue] };
  return [own, { name: PUBLISHER, publishes: [queue] }, { name: SCALER, monitors: true }];
}

/**
 * The variables of a replica. A value that a cluster takes from a Secret comes from a variable of the same name.
 * @throws {ConfigurationError} naming every value that this machine does not have
 */
function valuesOf(work: LocalWork, workSeconds: number | undefined, env: NodeJS.ProcessEnv) {
  const { local: program } = work;
  const own: Readonly<Record<string, string>> =
    ('command' in program ? program.environment : undefined) ?? {};
  const told = (name: string, value: EnvValue): string | undefined =>
    own[name] ?? (typeof value === 'string' ? value : fromMachine(name, value, work, env));
  const known = work.environment({ amqpUrl: '', username: '', passwordFile: '', queue: work.queue });
  const missing = Object.entries(known).filter(([name, value]) => told(name, value) === undefined);
  const faults = missing.map(
    ([name]) =>
      `'${name}' of ${work.name} has no value on this machine: set it as a variable of this command, or in 'local.environment'`,
  );
  if (workSeconds !== undefined && known.WORK_SECONDS === undefined)
    faults.push(
      `'--work' (${workSeconds} s) needs a worker that simulates its work; '${work.name}' does not`,
    );
  if (faults.length > 0) throw new ConfigurationError('up', faults);
  return (platform: WorkerPlatform): Readonly<Record<string, string>> => ({
    ...Object.fromEntries(
      Object.entries(work.environment(platform)).map(([name, value]) => [name, told(name, value) ?? '']),
    ),
    ...own,
    ...(workSeconds !== undefined && { WORK_SECONDS: String(workSeconds) }),
  });
}

const PODS_OWN = /^metadata\.(name|namespace)$/;

function fromMachine(
  name: string,
  value: Exclude<EnvValue, string>,
  work: QueueWork,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if ('field' in value && PODS_OWN.test(value.field)) return work.name;
  return env[name];
}

const fault = (text: string): ConfigurationError => new ConfigurationError('up', [text]);
