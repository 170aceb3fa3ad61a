import type { Environment } from '../../environments/environment.ts';
import type { Files } from '../../packages/manifests/manifests.ts';
import type { Application, System } from '../application.ts';
import { type DesiredState, platform, render as renderOf, systemIn as systemOf } from '../main.ts';
import { environments } from './environments.ts';
import { workloads } from './workloads.ts';

export { environments, local, production } from './environments.ts';
export { withOverrides } from './workloads.ts';

/** The platform with one publisher, one worker and one web service, whatever apps/workloads/ holds. */
export const applications: readonly Application[] = platform(workloads);

/** Environments and applications of the tests' own. */
export const desiredState: DesiredState = { environments, applications };

/** What they need and offer in an environment. */
export const systemIn = (environment: Environment): System => systemOf(environment, applications);

/** Path below dist/ -> text, of a desired state that only tests change. */
export const render = (wanted: readonly Environment[] = environments): Files =>
  renderOf(wanted, undefined, applications);
