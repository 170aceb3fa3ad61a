import { join } from 'node:path';
import type { Provider } from '../cluster.ts';
import { withLock } from '../lib/lock.ts';
import { pathsOf } from './cluster-paths.ts';
import { removeBuilt } from './down.ts';
import { buildCluster, findBuilt } from './up.ts';

/** Two of the same name never come up or go down at once. */
const exclusively = <T>(name: string, work: () => Promise<T>) => {
  const at = pathsOf(name);
  return withLock(join(at.state, '..', `.${at.name}.lock`), work);
};

/** Builds a cluster from source and runs it as processes of this machine. */
export const fromSourceProvider: Provider = {
  name: 'from-source',
  unavailable: async () => {
    if (process.platform !== 'linux') return 'needs Linux';
    return process.getuid?.() === 0 ? undefined : 'needs root (network namespaces, mounts, cgroups)';
  },
  up: (options) => exclusively(options.name, () => buildCluster(options)),
  find: findBuilt,
  down: (name) => exclusively(name, () => removeBuilt(name)),
};
