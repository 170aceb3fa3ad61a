import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import { applyWith } from '../lib/apply.ts';
import { type RunOptions, run } from '../lib/run.ts';
import { removeBuilt } from './down.ts';
import type { Places } from './places.ts';

export async function importImage(at: Places, archive: string): Promise<void> {
  await run(['ctr', '--address', at.containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive], {
    seconds: 300,
  });
}

/** @param bin folder of the built kubectl */
export function builtCluster(at: Places, bin: string): Cluster {
  const environment = (options: RunOptions) => ({ ...options.env, KUBECONFIG: at.kubeconfig });
  const kubectl: Cluster['kubectl'] = (args, options = {}) =>
    run([join(bin, 'kubectl'), ...args], { ...options, env: environment(options) });
  return {
    name: at.name,
    provider: 'built',
    kubeconfig: at.kubeconfig,
    kubectl,
    exec: (command, options = {}) => run(['nsenter', `--net=${at.namespace}`, ...command], options),
    image: (archive) => importImage(at, archive),
    apply: (objects) => applyWith(kubectl, objects),
    stop: () => removeBuilt(at.name),
  };
}
