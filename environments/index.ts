import type { Environment } from './environment.ts';
import { local } from './local.ts';
import { production } from './production.ts';

/** Every environment: each is a folder below dist/. */
export const environments: readonly Environment[] = [
  // One a line, so that one comes and goes with its line.
  local,
  production,
];
