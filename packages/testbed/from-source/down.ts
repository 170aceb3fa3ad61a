import { existsSync, readdirSync, readlinkSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { answers, run } from '../lib/run.ts';
import { until } from '../lib/until.ts';
import { cgroupFolders, members, podsOf, removeCgroup } from './cgroup.ts';
import { type ClusterPaths, pathsOf } from './cluster-paths.ts';
import { interfaces, removeNetwork } from './node.ts';
import {
  allPids,
  commandOf,
  killAll,
  mountsUnder,
  networkOf,
  runs,
  started,
  startTime,
  stop,
} from './processes.ts';

/** pids that belong to the cluster: by the journal, by its cgroup, and by its network namespace. */
function livingProcesses(at: ClusterPaths): number[] {
  const network = networkIn(at);
  const inNetwork =
    network === undefined ? [] : allPids().filter((pid) => networkOf(`/proc/${pid}/ns/net`) === network);
  const recorded = started(at.journal)
    .filter(runs)
    .map(({ pid }) => pid);
  const all = new Set([...recorded, ...members(at.cgroup), ...inNetwork]);
  return [...all].filter((pid) => pid !== process.pid && startTime(pid) !== undefined);
}

/** The file that holds a namespace has the inode by which /proc names it. */
function networkIn(at: ClusterPaths): string | undefined {
  if (!existsSync(at.namespace)) return undefined;
  const network = `net:[${statSync(at.namespace).ino}]`;
  return network === networkOf('/proc/self/ns/net') ? undefined : network;
}

/** @returns one line for each process, mount, namespace, interface and cgroup of the cluster that exists */
export async function leftovers(name: string): Promise<string[]> {
  const at = pathsOf(name);
  return [
    ...livingProcesses(at).map((pid) => `process ${pid}: ${commandOf(pid)}`),
    ...[...mountsUnder(at.state), ...mountsUnder(at.namespace)].map((mount) => `mount ${mount}`),
    ...(existsSync(at.namespace) ? [`network namespace ${at.namespace}`] : []),
    ...(await interfaces(at)).map((link) => `interface ${link}`),
    ...cgroupFolders(at.cgroup).map((folder) => `cgroup ${folder}`),
    ...(existsSync(at.state) ? [`folder ${at.state}`] : []),
  ];
}

async function unmountAll(folder: string): Promise<void> {
  for (const mount of mountsUnder(folder)) {
    if (!(await answers(['umount', mount]))) await run(['umount', '--lazy', mount], { check: false });
  }
}

/** The kubelet links every container's log here, wherever the logs themselves are. */
function removeLogLinks(at: ClusterPaths): void {
  const folder = '/var/log/containers';
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const link = join(folder, entry);
    try {
      if (readlinkSync(link).startsWith(`${at.podLogs}/`)) unlinkSync(link);
    } catch {
      // No link, or one that another program made: leave it.
    }
  }
}

/**
 * Stops what the journal names, the latest first (an API server that lost its etcd hangs on), then
 * whatever else is in the cluster's cgroup (containers, their shims), then removes mounts, network,
 * cgroup and state. Works from any state, also a half-started or crashed one.
 */
export async function removeBuilt(name: string): Promise<void> {
  const at = pathsOf(name);
  for (const one of started(at.journal).reverse()) {
    // With no kubelet left to start them again, pods end at once instead of one by one.
    if (one.name === 'containerd') await killAll('pods', () => members(podsOf(at.cgroup)));
    await stop(one);
  }
  await killAll('processes', () => members(at.cgroup));
  await unmountAll(at.state);
  await removeNetwork(at);
  removeLogLinks(at);
  await until('the cgroup to be empty', 10, () => {
    removeCgroup(at.cgroup);
    return true;
  });
  rmSync(at.state, { recursive: true, force: true });
}
