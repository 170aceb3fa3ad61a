import type { Construct } from 'constructs';
import type { OwnedFields } from '../argocd/owned-fields.ts';
import type { Stage } from '../argocd/waves.ts';
import type { Identity } from '../charts/labels.ts';
import { Namespace } from '../charts/namespace.ts';
import type { Environment } from '../environments/environment.ts';
import type { Contribution, System } from './contribution.ts';
import { denyByDefault } from './network.ts';

/** An app-of-apps, in the order of their waves. */
export const PARENTS = ['addons', 'infra-workloads', 'workloads'] as const;
export type Parent = (typeof PARENTS)[number];

/** A folder below dist/<environment>/, and what is in it. */
export interface Folder {
  readonly name: string;
  readonly build: (scope: Construct, environment: Environment, system: System) => void;
}

/** What is delivered and rolled back together. */
export interface Application extends Folder {
  /** Which app-of-apps it belongs to: what comes with addons, what others stand on, or the work itself. */
  readonly parent: Parent;
  /** The namespace it lives in, and the only one it makes. What lives in none names that of whom it serves. */
  readonly namespace: string;
  /** When, among its siblings. @default 'platform' */
  readonly stage?: Stage;
  /** What it needs of others and offers to them. @default nothing */
  readonly contribute?: (environment: Environment) => Contribution;
  /** What controllers write in its objects. @default nothing */
  readonly ownedFields?: (environment: Environment) => readonly OwnedFields[];
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
