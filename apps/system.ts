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
    connections: sum('connections'),
    secrets: sum('secrets'),
    queues: sum('queues'),
    brokerUsers: sum('brokerUsers'),
    scaled: sum('scaled'),
    work: sum('work'),
    arrivals: sum('arrivals'),
  };
  check(environment.name, system);
  return system;
}

function check(environment: string, system: System): void {
  const { queues, brokerUsers, secrets, scaled } = system;
  const checks = new Checks(`The system of '${environment}'`);
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
    scaled.map(({ name }) => name),
  );
  once(
    'the owner of the replica count of',
    scaled.map(({ target }) => targetOf(target)),
  );
  const known = new Set(queues.map(({ queue }) => queue));
  for (const { name, publishes = [], consumes = [] } of brokerUsers)
    for (const queue of [...publishes, ...consumes].filter((one) => !known.has(one)))
      checks.that(
        false,
        `the broker user '${name}' works with '${queue}', which is none of the queues (${[...known].join(', ')})`,
      );
  checks.done();
}

const targetOf = (target: System['scaled'][number]['target']): string =>
  target.kind === 'process' ? target.command.join(' ') : `${target.kind} ${target.namespace}/${target.name}`;

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) < index)),
];
