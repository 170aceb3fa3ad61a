import { readFileSync } from 'node:fs';

/** The version of this repository: its package.json is the one place that says it. */
export const version: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version;
