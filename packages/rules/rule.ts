import type { World } from '../manifests/links/world.ts';
import type { DesiredObject } from '../manifests/objects.ts';

/** What cannot work as an object says it, whatever else is in the cluster. */
export interface Violation {
  readonly object: DesiredObject;
  /** The same for the same fault of the same part of an object in every revision: `limit below request/app/cpu`. */
  readonly key: string;
  /** Property, value and constraint: `the limit of cpu (100m) of container app is below its request (200m)`. */
  readonly why: string;
  /** What else has a part in it: the namespace, the quota, the project. @default none */
  readonly about?: readonly DesiredObject[];
}

/** Pure: an object beside all others of its environment. */
export type Rule = (object: DesiredObject, world: World) => readonly Violation[];

/** A violation where there is one. */
export const unless = (
  holds: boolean,
  object: DesiredObject,
  key: string,
  why: string,
  about: readonly DesiredObject[] = [],
): readonly Violation[] => (holds ? [] : [{ object, key, why, about }]);
