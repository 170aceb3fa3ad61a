import type { Environment } from '../../environments/environment.ts';
import type { Files } from '../../packages/manifests/manifests.ts';
import { onceForPair } from '../../packages/manifests/memo.ts';
import type { Application, System } from '../application.ts';
import { platform } from '../platform/index.ts';
import { type DesiredState, render as renderOf, systemIn as systemOf } from '../rendering.ts';
import { environments } from './environments.ts';
import { transactionWorkloads } from './transactions.ts';
import { workloads } from './workloads.ts';

export { bank, environments, local, production } from './environments.ts';
export { withOverrides } from './workloads.ts';

/** The platform with one publisher, one worker and one web service, whatever apps/workloads/ holds. */
export const applications: readonly Application[] = platform(workloads);

/** The same with the services of transactions, which the environment `bank` has. */
export const withTransactions: readonly Application[] = platform([
  ...[...workloads, ...transactionWorkloads],
]);

/** Environments and applications of the tests' own. */
export const desiredState: DesiredState = { environments, applications };

/** What they need and offer in an environment. */
export const systemIn = (environment: Environment): System => systemOf(environment, applications);

const rendered = onceForPair((of: readonly Application[], environment: Environment) =>
  renderAnew([environment], of),
);

/** Path below dist/ -> text, of a desired state that only tests change. What was rendered before is taken as it was. */
export const render = (
  wanted: readonly Environment[] = environments,
  of: readonly Application[] = applications,
): Files =>
  new Set(wanted.map(({ name }) => name)).size < wanted.length
    ? renderAnew(wanted, of)
    : new Map(wanted.flatMap((environment) => [...rendered(of, environment)]));

/** The same, made again. */
export const renderAnew = (
  wanted: readonly Environment[] = environments,
  of: readonly Application[] = applications,
): Files => renderOf({ environments: wanted, applications: of });
