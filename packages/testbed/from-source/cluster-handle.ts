import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import { applyWith } from '../lib/definitions.ts';
import { type RunOptions, run } from '../lib/run.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { removeBuilt } from './down.ts';

/** A node has what was imported once; to find that out by importing again takes seconds an image. */
const importedFile = (at: ClusterPaths): string => join(at.state, 'imported-images');

function identity(archive: string): string {
  const { ino, size } = statSync(archive);
  return `${archive} ${ino} ${size}`;
}

/** Loads an OCI archive into the node's containerd. */
export async function importImage(at: ClusterPaths, archive: string): Promise<void> {
  const file = importedFile(at);
  const imported = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (imported.includes(identity(archive))) return;
  await run(['ctr', '--address', at.containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive], {
    seconds: 300,
  });
  // Another archive may have had the same reference: only the last import of a reference is what pods get.
  const others = imported.filter((one) => one !== '' && nameOf(one) !== nameOf(archive));
  writeFileSync(file, `${[...others, identity(archive)].join('\n')}\n`);
}

/** `.../rabbitmq-0123456789ab.tar ...` -> `rabbitmq`: archives of one name differ by their content. */
const nameOf = (archive: string): string =>
  basename(archive.split(' ')[0] ?? '').replace(/-[0-9a-f]{12}\.tar$/, '');

/** @param bin folder of the built kubectl */
export function builtCluster(at: ClusterPaths, bin: string): Cluster {
  const environment = (options: RunOptions) => ({ ...options.env, KUBECONFIG: at.kubeconfig });
  const kubectl: Cluster['kubectl'] = (args, options = {}) =>
    run([join(bin, 'kubectl'), ...args], { ...options, env: environment(options) });
  return {
    name: at.name,
    provider: 'from-source',
    kubeconfig: at.kubeconfig,
    kubectl,
    exec: (command, options = {}) => run(['nsenter', `--net=${at.namespace}`, ...command], options),
    image: (archive) => importImage(at, archive),
    apply: (objects) => applyWith(kubectl, objects),
    stop: () => removeBuilt(at.name),
  };
}
