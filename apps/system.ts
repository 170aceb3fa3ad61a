import type { Target } from '@sluice/policy';
import { checkScaling } from '../charts/scaling.ts';
import type { Environment } from '../environments/environment.ts';
import { Checks } from '../packages/contracts/checks.ts';
import type { Contribution, System } from './application.ts';

/** What contributes; an application, or a fixture of a test. */
export interface Contributor {
  readonly contribute?: (environment: Environment) => Contribution;
}

/**
 * Collects what the applications of an environment contribute, and checks it as a whole.
 * @throws {ChartError} with every contradiction between them
 */
export function systemOf(contributors: readonly Contributor[], environment: Environment): System {
  const all = contributors.map(({ contribute }) => contribute?.(environment) ?? {});
  const sum = <Key extends keyof Contribution>(key: Key): System[Key] =>
    all.flatMap((one) => [...(one[key] ?? [])]) as unknown as System[Key];
  const system: System = {
    connections: distinct(sum('connections')),
    secrets: sum('secrets'),
    queues: sum('queues'),
    brokerUsers: sum('brokerUsers'),
    storeUsers: distinct(sum('storeUsers')),
    scaled: sum('scaled'),
    adapterRules: distinct(sum('adapterRules')),
    work: sum('work'),
    services: sum('services'),
    arrivals: sum('arrivals'),
  };
  check(environment, system);
  return system;
}

/** Several may need one connection, or one rule. */
const distinct = <Value>(all: readonly Value[]): readonly Value[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];

function check(environment: Environment, system: System): void {
  const { queues, brokerUsers, secrets, scaled } = system;
  const checks = new Checks(`The system of '${environment.name}'`);
  const once = (what: string, names: readonly string[]): void => {
    for (const name of repeated(names)) checks.that(false, `${what} '${name}' must be declared once`);
  };
  once(
    'the queue',
    queues.map(({ queue }) => queue),
  );
  once(
    'the broker user',
    brokerUsers.map(({ name }) => name),
  );
  once(
    'the Secret',
    secrets.map(({ owner, secretName }) => `${owner.namespace}/${secretName}`),
  );
  once(
    'the scaled workload',
    scaled.map(({ workload }) => workload.name),
  );
  once(
    'the owner of the replica count of',
    scaled.map(({ workload }) => targetOf(workload.target)),
  );
  checkScaling(scaled, environment, checks);
  const known = new Set(queues.map(({ queue }) => queue));
  for (const { name, publishes = [], consumes = [] } of brokerUsers)
    for (const queue of [...publishes, ...consumes].filter((one) => !known.has(one)))
      checks.that(
        false,
        `the broker user '${name}' works with '${queue}', which is none of the queues (${[...known].join(', ')})`,
      );
  checks.done();
}

const targetOf = (target: Target): string =>
  target.kind === 'process' ? target.command.join(' ') : `${target.kind} ${target.namespace}/${target.name}`;

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) < index)),
];
