import { latch, proportional } from '@sluice/policy';
import type { System } from '../../../apps/application.ts';
import { jobsWorkload, maxReplicas } from '../../../apps/jobs.ts';
import { type DesiredState, desiredState, foldersOf, manifestsOf, systemIn } from '../../../apps/main.ts';
import type { Environment } from '../../../environments/environment.ts';
import { leafChanges } from '../../manifests/leaves.ts';
import { type DesiredObject, type Fields, isFields } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import { type Step, type Variation, variationsOf } from './variations.ts';

/** A value of an environment without which the object would be another. */
export interface Dependency {
  /** `web.hosts.broker` */
  readonly path: string;
  /** Undefined: not set. */
  readonly value: unknown;
  /** The file that says it. */
  readonly file: string;
  /** Fields of the object that follow it; empty where the whole object goes or gets another name. */
  readonly fields: readonly string[];
}

export interface Dependencies {
  readonly found: readonly Dependency[];
  /** Values of which no other was accepted, so that nobody knows. */
  readonly refused: readonly string[];
}

/**
 * Which values of its environment an object depends on. Nothing is guessed from the code: the object's folder is
 * rendered again with one value changed at a time, and the two objects are compared.
 */
export function dependenciesOf(
  object: DesiredObject,
  environment: Environment,
  state = desiredState,
): Dependencies {
  const whole = withJobs(environment);
  const before = madeFrom(object, whole, state);
  const others = state.environments.filter(({ name }) => name !== environment.name).map(withJobs);
  const rivals = [...others, withOtherPolicy(whole)];
  const tried = variationsOf(whole, rivals).map((one) => ({
    one,
    effect: effectOf(one, object, before, state),
  }));
  return {
    found: tried.flatMap(({ one, effect }) =>
      effect.kind === 'changes' ? [dependency(one, effect.fields, environment)] : [],
    ),
    refused: tried.filter(({ effect }) => effect.kind === 'refused').map(({ one }) => pathOf(one.steps)),
  };
}

/** What the environment leaves to apps/jobs.ts, written out: the same environment. */
const withJobs = (environment: Environment): Environment => ({
  ...environment,
  jobs: jobsWorkload(environment),
});

/** No environment need differ in the kind of its policy: that there are others is known all the same. */
function withOtherPolicy(environment: Environment): Environment {
  const jobs = jobsWorkload(environment);
  const most = { maxReplicas: maxReplicas(jobs.policy) };
  const policy =
    jobs.policy.kind === 'proportional'
      ? latch({ replicas: most.maxReplicas, startWhen: { readyAtLeast: 1 } })
      : proportional({ perReplica: 1, ...most });
  return { ...environment, jobs: { ...jobs, policy } };
}

type Effect =
  | { readonly kind: 'changes'; readonly fields: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' };

/** The first variation under which the object is another tells most; one that is refused tells nothing. */
function effectOf(
  { environments: varied }: Variation,
  object: DesiredObject,
  before: Fields,
  state: DesiredState,
): Effect {
  let refused = true;
  for (const environment of varied) {
    const after = attempt(() => madeFrom(object, environment, state));
    if (after === undefined) continue;
    refused = false;
    const changes = leafChanges(placeOf(object.kind, object.group), before, after);
    if (changes.length === 0) continue;
    const gone = Object.keys(after).length === 0;
    return { kind: 'changes', fields: gone ? [] : [...new Set(changes.map(({ path }) => path))] };
  }
  return { kind: refused ? 'refused' : 'none' };
}

/** What charts refuse, they refuse by an error. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** @throws {Error} where the environment is none of the desired state */
function systemAsItIs(name: string, { environments, applications }: DesiredState): System {
  const environment = environments.find((each) => each.name === name);
  if (environment === undefined) throw new Error(`there is no environment '${name}'`);
  return systemIn(environment, applications);
}

/** The object as another environment would have it; no fields where that has none of its name. */
function madeFrom(object: DesiredObject, environment: Environment, state: DesiredState): Fields {
  const made = manifestsBeside(object, environment, state).find(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === object.apiVersion &&
      kind === object.kind &&
      metadata.name === object.name &&
      metadata.namespace === object.namespace,
  );
  return isFields(made) ? made : {};
}

/**
 * Applications are built alone; which are delivered depends on every folder. A value that another application of the
 * environment refuses may still be one that this object depends on: then the others stay as they are.
 */
function manifestsBeside(
  { application: folder, environment: name }: DesiredObject,
  environment: Environment,
  state: DesiredState,
) {
  const { applications } = state;
  const application = applications.find((each) => each.name === folder);
  if (application !== undefined) {
    const system = attempt(() => systemIn(environment, applications)) ?? systemAsItIs(name, state);
    return manifestsOf(application, environment, undefined, system);
  }
  const path = `${environment.name}/${folder}`;
  return foldersOf(environment, undefined, applications).find(([name]) => name === path)?.[1] ?? [];
}

const dependency = (
  { steps, value }: Variation,
  fields: readonly string[],
  environment: Environment,
): Dependency => ({ path: pathOf(steps), value, file: fileOf(steps, environment), fields });

/** `jobs` is what the environment wants otherwise; the rest of the work is in apps/jobs.ts. */
function fileOf([first, second]: readonly Step[], { name, jobs = {} }: Environment): string {
  const own = first !== 'jobs' || (second !== undefined && second in jobs);
  return own ? `environments/${name}.ts` : 'apps/jobs.ts';
}

/** `apiServer[0].cidr`, `addons[loki]` */
const pathOf = (steps: readonly Step[]): string =>
  steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : step))
    .join('.')
    .replaceAll('.[', '[');
