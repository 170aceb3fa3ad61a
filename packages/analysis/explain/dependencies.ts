import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { latch, type Policy, proportional } from '@sluice/policy';
import { maxReplicas, type System } from '../../../apps/application.ts';
import { generatedSecretsOf } from '../../../apps/platform/credentials.ts';
import { type DesiredState, folderIn, manifestOf, systemIn } from '../../../apps/rendering.ts';
import { isWorkload, overridesIn } from '../../../apps/workloads/workload.ts';
import type { Environment } from '../../../environments/environment.ts';
import { images } from '../../../environments/images.ts';
import { organization } from '../../../environments/organization.ts';
import { leafChanges } from '../../manifests/leaves.ts';
import { ObjectIndex, type PremadeSecret } from '../../manifests/links/object-index.ts';
import { type DesiredObject, type Fields, isFields } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import { type Step, type Variation, variationsOf } from './variations.ts';

const REGISTRY = `${organization.registry}/`;

/** The objects of an environment beside what they lean on outside dist/. */
export function worldOf(
  environment: Environment,
  objects: readonly DesiredObject[],
  { applications }: Pick<DesiredState, 'applications'>,
): ObjectIndex {
  return new ObjectIndex(objects, {
    secrets: premade(environment, applications),
    registry: REGISTRY,
    images: new Map(Object.entries(images).map(([name, image]) => [image, folderOf(name, image)])),
  });
}

/** Where a secret manager has them, an ExternalSecret must fetch each. */
const premade = (environment: Environment, of: DesiredState['applications']): PremadeSecret[] =>
  environment.secrets.kind === 'pre-made'
    ? generatedSecretsOf(environment, systemIn(environment, of)).map(({ owner, secretName, keys }) => ({
        ...{ namespace: owner.namespace, name: secretName, keys: Object.keys(keys) },
      }))
    : [];

/** Our own images are built from the folder of their name. */
function folderOf(name: string, image: string): string | undefined {
  if (!image.startsWith(REGISTRY)) return undefined;
  const folder = `services/${name}`;
  return existsSync(fileURLToPath(new URL(`../../../${folder}/main.ts`, import.meta.url)))
    ? folder
    : undefined;
}

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

/** The values of an environment that an object depends on. */
export interface Dependencies {
  readonly found: readonly Dependency[];
  /** Values whose variations were all refused, so that their effect is unknown. */
  readonly refused: readonly string[];
}

/**
 * Which values of its environment, and of its workload, an object depends on. Nothing is guessed from the code: the
 * object's folder is rendered again with one value changed at a time, and the two objects are compared.
 */
export function dependenciesOf(
  object: DesiredObject,
  environment: Environment,
  state: DesiredState,
): Dependencies {
  const before = madeFrom(object, environment, state);
  const whole = withSettings(environment, object, state);
  const others = state.environments.filter(({ name }) => name !== environment.name);
  const rivals = [...others.map((other) => withSettings(other, object, state)), withOtherPolicies(whole)];
  const tried = variationsOf(whole, rivals).map((one) => {
    const environments = one.environments.map((varied) => wanting(environment, varied, one.steps));
    return { one, effect: effectOf(environments, object, before, state) };
  });
  return {
    found: tried.flatMap(({ one, effect }) =>
      effect.kind === 'changes' ? [dependency(one, effect.fields, environment)] : [],
    ),
    refused: tried.filter(({ effect }) => effect.kind === 'refused').map(({ one }) => pathOf(one.steps)),
  };
}

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>> | 'absent' | undefined>>;

const withWorkloads = (environment: Environment, workloads: object): Environment => ({
  ...environment,
  workloads,
});

/**
 * The environment with the values of its workloads written out: of the object's own, or of all where the object
 * serves them. What delivers them follows none of their values but whether they are there.
 */
function withSettings(
  environment: Environment,
  { application }: DesiredObject,
  { applications }: DesiredState,
): Environment {
  if (!applications.some(({ name }) => name === application)) return environment;
  const workloads = applications.filter(isWorkload);
  const own = workloads.filter(({ name }) => name === application);
  const settings = (own.length > 0 ? own : workloads).map((one): [string, unknown] => [
    one.name,
    one.settingsIn(environment) ?? 'absent',
  ]);
  return withWorkloads(environment, Object.fromEntries(settings));
}

/** No environment need differ in the kind of a policy: that there are others is known all the same. */
function withOtherPolicies(environment: Environment): Environment {
  const others = Object.entries(overridesIn(environment)).map(([name, settings]) => {
    if (settings === undefined || settings === 'absent' || !isPolicy(settings.policy))
      return [name, settings];
    const { policy } = settings;
    const most = { maxReplicas: maxReplicas(policy) };
    const other =
      policy.kind === 'proportional'
        ? latch({ replicas: most.maxReplicas, startWhen: { readyAtLeast: 1 } })
        : proportional({ perReplica: 1, ...most });
    return [name, { ...settings, policy: other }];
  });
  return withWorkloads(environment, Object.fromEntries(others));
}

const isPolicy = (value: unknown): value is Policy => isFields(value) && 'kind' in value;

/** What it wanted before, and of the workloads the one value that is varied: others may be made of that one. */
function wanting(before: Environment, varied: Environment, [first, name, key]: readonly Step[]): Environment {
  const overrides: Settings = overridesIn(before);
  if (first !== 'workloads') return withWorkloads(varied, overrides);
  const wanted = overridesIn(varied)[String(name)];
  const settings = wanted === undefined || wanted === 'absent' ? {} : wanted;
  const old = overrides[String(name)];
  const one = key === undefined ? wanted : { ...(old === 'absent' ? {} : old), [key]: settings[String(key)] };
  return withWorkloads(before, { ...overrides, [String(name)]: one });
}

type Effect =
  | { readonly kind: 'changes'; readonly fields: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' };

/** The first variation that changes the object is the most informative; a refused one says nothing. */
function effectOf(
  varied: readonly Environment[],
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

/**
 * The object as another environment would have it; no fields where that has none of its name. Applications are built
 * alone; which are delivered depends on every folder. A value that another application of the environment refuses may
 * still be one that this object depends on: then the others stay as they are.
 */
function madeFrom(object: DesiredObject, environment: Environment, state: DesiredState): Fields {
  const { applications } = state;
  const system =
    attempt(() => systemIn(environment, applications)) ?? systemAsItIs(object.environment, state);
  const folder = folderIn(object.application, environment, system, applications);
  const made = folder && manifestOf(object, folder, environment, system);
  return isFields(made) ? made : {};
}

const dependency = (
  { steps, value }: Variation,
  fields: readonly string[],
  environment: Environment,
): Dependency => ({ path: pathOf(steps), value, file: fileOf(steps, environment), fields });

/** An environment's file holds what it overrides of a workload; the rest is in the workload's own file. */
function fileOf([first, second, third]: readonly Step[], environment: Environment): string {
  const override = overridesIn(environment)[String(second)];
  const own = typeof override === 'object' && third !== undefined && third in override;
  return first === 'workloads' && !own
    ? `apps/workloads/${second}.ts`
    : `environments/${environment.name}.ts`;
}

/** `apiServer[0].cidr`, `addons[loki]` */
const pathOf = (steps: readonly Step[]): string =>
  steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : step))
    .join('.')
    .replaceAll('.[', '[');
