import type { Construct } from 'constructs';
import type { Identity } from '../charts/labels.ts';
import { Namespace } from '../charts/namespace.ts';
import type { Environment } from './environments.ts';
import { denyByDefault } from './network.ts';

/** A folder below dist/<environment>/: what is delivered and rolled back together. */
export interface Application {
  readonly name: string;
  readonly build: (scope: Construct, environment: Environment) => void;
}

/** The namespace of a service: restricted, and closed until something is allowed. */
export function closedNamespace(
  scope: Construct,
  owner: Identity,
  { podSecurityVersion }: Environment,
): void {
  new Namespace(scope, 'namespace', { name: owner.namespace, podSecurityVersion });
  denyByDefault(scope, owner);
}
