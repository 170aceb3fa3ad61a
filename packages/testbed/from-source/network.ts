import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { run } from '../lib/run.ts';
import { addresses, type ClusterPaths } from './cluster-paths.ts';

const bridge = 'bed0';

/** The cluster's own network: hermetic (no way out), and no port can clash with the machine's. */
export async function createNetwork(at: ClusterPaths): Promise<void> {
  await run(['ip', 'netns', 'add', basename(at.namespace)]);
  const within = ['nsenter', `--net=${at.namespace}`];
  const batch = [
    'link set lo up',
    // The node's address needs a device; a bridge without ports is one that every kernel has.
    `link add ${bridge} type bridge`,
    `addr add ${addresses.node}/24 dev ${bridge}`,
    `link set ${bridge} up`,
    `route add default dev ${bridge}`,
  ];
  await run([...within, 'ip', '-batch', '-'], { input: `${batch.join('\n')}\n` });
  await run([...within, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
}

/** Deletes the namespace; the kernel deletes the interfaces in it. */
export async function removeNetwork(at: ClusterPaths): Promise<void> {
  if (existsSync(at.namespace)) await run(['ip', 'netns', 'delete', basename(at.namespace)]);
}

/** @returns names of the interfaces in the namespace, none where it is gone */
export async function interfaces(at: ClusterPaths): Promise<string[]> {
  if (!existsSync(at.namespace)) return [];
  const { stdout } = await run(['nsenter', `--net=${at.namespace}`, 'ip', '-json', 'link'], { check: false });
  const links = JSON.parse(stdout || '[]') as { ifname: string }[];
  return links.map(({ ifname }) => ifname);
}
