import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Built tools and images: kept, keyed by version. Another name would make every machine build its tools again. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice', 'bed');

/** One folder a cluster: what runs, and what it runs on. */
export const stateDir = (name: string) =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'sluice', 'testbed', name);

/** Removes a provider's one file, and the cluster's folder if nothing else is in it. */
export function forget(name: string, file: string): void {
  rmSync(file, { force: true });
  const folder = stateDir(name);
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
