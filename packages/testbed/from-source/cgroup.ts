/**
 * One cgroup a cluster. Every process of the test cluster starts in it, children inherit it and containers live
 * below it: so the kernel itself knows what belongs to the cluster, also when the journal does not.
 *
 * As on any node, what runs the cluster is in `system`, and the kubelet puts all pods beside it with the weight of
 * every processor. Outside of it each program of the control plane would get as much of a busy processor as all pods
 * together: those that start at once would wait for minutes, while their probes give the control plane still more to do.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Hierarchy {
  readonly mount: string;
  readonly version: 1 | 2;
}

/** @returns mounted hierarchies: one on cgroup v2, one a controller on v1, both kinds on hybrid machines */
export function hierarchies(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): Hierarchy[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const type = right.split(' ')[0];
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [{ mount: left.split(' ')[4] ?? '', version: type === 'cgroup' ? 1 : 2 }];
  });
}

/** The hierarchy that members are read from: which one does not matter, but containers must be in it too. */
function tracking(all = hierarchies()): string {
  const chosen = all.find(({ mount }) => mount.endsWith('/pids')) ?? all[0];
  if (chosen === undefined) throw new Error('no cgroup hierarchy is mounted');
  return chosen.mount;
}

/** The hierarchy that shares out the processors; it may have other controllers beside (`cpu,cpuacct`). */
const sharing = (all: readonly Hierarchy[]): string | undefined =>
  all.find(({ mount }) => basename(mount).split(',').includes('cpu'))?.mount;

/** Creates the cgroup everywhere. */
export function createCgroup(name: string): void {
  for (const { mount } of hierarchies()) mkdirSync(join(mount, name, 'system'), { recursive: true });
}

/** @returns the folders that a process of the cluster itself writes its pid into; both are one on cgroup v2 */
export function systemFolders(name: string, all = hierarchies()): string[] {
  const mounts = new Set([tracking(all), sharing(all) ?? tracking(all)]);
  return [...mounts].map((mount) => join(mount, name, 'system'));
}

function folders(root: string): string[] {
  if (!existsSync(root)) return [];
  const below = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...below.flatMap((entry) => folders(join(root, entry.name))), root];
}

function pidsIn(folder: string): number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** @returns the cgroup of all pods of a cluster, which its kubelet makes */
export const podsOf = (name: string): string => join(name, 'kubepods');

/** @returns pids of all processes in the cgroup and below */
export function members(name: string): number[] {
  return folders(join(tracking(), name)).flatMap(pidsIn);
}

/** The folders of a cluster's cgroup, in every hierarchy. */
export function cgroupFolders(name: string): string[] {
  return hierarchies().flatMap(({ mount }) => folders(join(mount, name)));
}

/** Removes the empty cgroup. @throws EBUSY while a process is in it */
export function removeCgroup(name: string): void {
  for (const folder of cgroupFolders(name)) rmdirSync(folder);
}
