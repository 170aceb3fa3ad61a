import type { Environment } from '../environments/environment.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';

/**
 * The environment that commands mean where none is named, and that a run on this machine is of: the one that is called
 * `local`, else the first. A repository without a laptop's environment has these commands all the same.
 * @throws {ConfigurationError} of that command where there is no environment
 */
export function localEnvironment(command: string, environments: readonly Environment[]): Environment {
  const found = environments.find(({ name }) => name === 'local') ?? environments[0];
  if (found === undefined) throw new ConfigurationError(command, ['environments/index.ts must list one']);
  return found;
}

/**
 * The same of those whose Secrets somebody makes beforehand.
 * @throws {ConfigurationError} of that command where a secret manager has the Secrets of every environment
 */
export function withPremadeSecrets(command: string, environments: readonly Environment[]): Environment {
  const premade = environments.filter(({ secrets }) => secrets.kind === 'pre-made');
  if (premade.length > 0) return localEnvironment(command, premade);
  const all = environments.map(({ name }) => name).join(', ');
  throw new ConfigurationError(command, [
    `no environment has 'secrets' of the kind pre-made: a secret manager has those of ${all}`,
  ]);
}
