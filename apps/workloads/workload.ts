import type { Construct } from 'constructs';
import type { OwnedFields } from '../../argocd/source.ts';
import type { Component, Identity } from '../../charts/labels.ts';
import type { Environment } from '../../environments/environment.ts';
import { Checks } from '../../packages/contracts/checks.ts';
import type { Application, Contribution, System } from '../application.ts';
import { declareSecrets } from '../platform/credentials.ts';
import { allowConnections, isolatedNamespace } from '../platform/network.ts';

/**
 * An application that is one workload: a file of this folder.
 * @typeParam Settings What an environment may want otherwise of it
 */
export interface Workload<Name extends string = string, Settings extends object = object>
  extends Application {
  readonly name: Name;
  /** What it is in an environment, with what that wants otherwise; undefined: it is absent there. */
  readonly settingsIn: (environment: Environment) => Partial<Settings> | undefined;
}

/** What an environment wants otherwise of a workload; 'absent': it has none of it. */
export type Override<Settings> = Partial<Settings> | 'absent';

/** The overrides that a list of workloads takes, by name. */
export type OverridesOf<Any extends Workload> = {
  readonly [One in Any as One['name']]?: One extends Workload<string, infer Settings>
    ? Override<Settings>
    : never;
};

/** How workloads of one kind become objects. */
export interface Kind<Values extends object> {
  readonly component: (values: Values) => Component;
  /** What it needs of others and offers to them. */
  readonly contribute: (self: Identity, values: Values, environment: Environment) => Contribution;
  /** Makes its objects, beside its namespace, Secrets and NetworkPolicies. */
  readonly build: (
    scope: Construct,
    self: Identity,
    values: Values,
    environment: Environment,
    system: System,
  ) => void;
  /** What controllers write in its objects. @default nothing */
  readonly ownedFields?: (self: Identity, values: Values, environment: Environment) => readonly OwnedFields[];
}

/** What a workload is: values, or values made of an environment; undefined: it is absent there. */
type Given<Values> = Values | ((environment: Environment) => Values | undefined);

/** Makes workloads of one kind. */
export interface Factory<Values extends object> {
  /** @param values What it is, or what it is in an environment */
  <Name extends string>(name: Name, values: Given<Values>): Workload<Name, Values>;
  /**
   * @param own Settings of its own, which an environment may want otherwise
   * @param make What it is, made of them; undefined where it is absent
   */
  <Name extends string, Own extends object>(
    name: Name,
    own: Own,
    make: (own: Own, environment: Environment) => Values | undefined,
  ): Workload<Name, Own & Omit<Values, keyof Own>>;
}

/** The factory of a kind. */
export function factoryOf<Values extends object>(kind: Kind<Values>): Factory<Values> {
  return <Name extends string, Own extends object>(
    name: Name,
    first: Own | Given<Values>,
    make?: (own: Own, environment: Environment) => Values | undefined,
  ) => {
    if (make !== undefined) return workload(kind, name, first as Own, make);
    const values = first as Given<Values>;
    return workload(kind, name, {}, (_, environment) =>
      typeof values === 'function' ? values(environment) : values,
    );
  };
}

/**
 * A workload of a kind. What an environment wants otherwise of its own settings goes into what is made of them; any
 * other value that it names replaces the one that is made.
 */
function workload<Name extends string, Own extends object, Values extends object>(
  kind: Kind<Values>,
  name: Name,
  own: Own,
  make: (own: Own, environment: Environment) => Values | undefined,
): Workload<Name, Own & Omit<Values, keyof Own>> {
  const inEnvironment = (environment: Environment) => partsOf(kind, name, own, make, environment);
  return {
    ...{ name, parent: 'workloads', namespace: name },
    settingsIn: (environment) => {
      const parts = inEnvironment(environment);
      return parts && { ...parts.values, ...parts.settings };
    },
    ownedFields: (environment) => {
      const parts = inEnvironment(environment);
      return parts === undefined ? [] : (kind.ownedFields?.(parts.self, parts.values, environment) ?? []);
    },
    contribute: (environment) => {
      const parts = inEnvironment(environment);
      return parts === undefined ? {} : kind.contribute(parts.self, parts.values, environment);
    },
    build: (scope, environment, system) => {
      const parts = inEnvironment(environment);
      if (parts === undefined) return;
      const { self, values } = parts;
      isolatedNamespace(scope, self, environment);
      declareSecrets(scope, self, environment, system);
      kind.build(scope, self, values, environment, system);
      allowConnections(scope, self, system);
    },
  };
}

/** Undefined: it is absent in the environment. */
function partsOf<Own extends object, Values extends object>(
  kind: Kind<Values>,
  name: string,
  own: Own,
  make: (own: Own, environment: Environment) => Values | undefined,
  environment: Environment,
) {
  const override = overridesIn(environment)[name] ?? {};
  if (override === 'absent') return undefined;
  const settings: Own = { ...own, ...override };
  const others = Object.fromEntries(Object.entries(override).filter(([key]) => !(key in own)));
  const made = make(settings, environment);
  if (made === undefined) return undefined;
  const values: Values = { ...made, ...others };
  const self: Identity = { name, namespace: name, component: kind.component(values) };
  return { settings, values, self };
}

/** What an environment wants otherwise, by any name: `checkOverrides` refuses those of no workload. */
export const overridesIn = ({
  workloads,
}: Environment): Readonly<Record<string, Readonly<Record<string, unknown>> | 'absent' | undefined>> => ({
  ...workloads,
});

/**
 * What an environment wants otherwise must be of a workload that there is.
 * @throws {ChartError} with every unknown name
 */
export function checkOverrides(environment: Environment, applications: readonly Application[]): void {
  const known = applications.filter(isWorkload).map(({ name }) => name);
  const checks = new Checks(`Environment '${environment.name}'`);
  for (const name of Object.keys(overridesIn(environment)))
    checks.that(
      known.includes(name),
      `'workloads.${name}' must name one of the workloads (${known.join(', ')})`,
    );
  checks.done();
}

/** Whether an application is made by one of the factories. */
export const isWorkload = (application: Application): application is Workload => 'settingsIn' in application;
