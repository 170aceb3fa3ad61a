import type { Environment } from '../environments.ts';
import type { AddonName } from '../versions.ts';
import type { Addon } from './addon.ts';
import { argoCd } from './argo-cd.ts';

/** Every addon; which environment has which is data in environments.ts. */
export const catalog: Readonly<Record<AddonName, Addon>> = {
  'argo-cd': argoCd,
};

/** The addons of an environment, in the order of their names. */
export function addonsOf({ addons }: Environment): Addon[] {
  return [...addons].sort().map((name) => catalog[name]);
}
