import { homedir } from 'node:os';
import { join } from 'node:path';

/** Built tools and images: kept, keyed by version. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice', 'bed');

/** One folder a cluster: what runs, and what it runs on. */
export const stateDir = (name: string) =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'sluice', 'bed', name);
