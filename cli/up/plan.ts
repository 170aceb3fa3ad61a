import type { Command } from '@sluice/runtime/processes';
import {
  type LocalProgram,
  maxReplicas,
  type QueueWork,
  type System,
  type WorkerPlatform,
} from '../../apps/application.ts';
import { systemIn } from '../../apps/main.ts';
import { pollsIn } from '../../apps/platform/scaler.ts';
import type { EnvValue } from '../../charts/pod.ts';
import { type BrokerAccess, brokerTopology, type QueueTopology } from '../../charts/queue-topology.ts';
import type { Environment, Polls } from '../../environments/environment.ts';
import { local } from '../../environments/local.ts';
import { ConfigurationError } from '../../packages/contracts/checks.ts';
import { closestTo } from '../arguments.ts';
import type { UpOptions } from './options.ts';

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

const wanted = (): PlanSources => ({ environment: local, system: systemIn(local), variables: process.env });

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
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean '${near}'?`;
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
