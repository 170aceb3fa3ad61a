import { existsSync, statSync } from 'node:fs';
import { cgroupFolders, members } from './cgroup.ts';
import { started } from './journal.ts';
import { interfaces } from './network.ts';
import { type Places, places } from './places.ts';
import { allPids, commandOf, mountsUnder, networkOf, startTime } from './proc.ts';
import { runs } from './processes.ts';

/** pids that belong to the cluster: by the journal, by its cgroup, and by its network namespace. */
export function livingProcesses(at: Places): number[] {
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
function networkIn(at: Places): string | undefined {
  if (!existsSync(at.namespace)) return undefined;
  const network = `net:[${statSync(at.namespace).ino}]`;
  return network === networkOf('/proc/self/ns/net') ? undefined : network;
}

/** @returns one line for each process, mount, namespace, interface and cgroup of the cluster that exists */
export async function leftovers(name: string): Promise<string[]> {
  const at = places(name);
  return [
    ...livingProcesses(at).map((pid) => `process ${pid}: ${commandOf(pid)}`),
    ...[...mountsUnder(at.state), ...mountsUnder(at.namespace)].map((mount) => `mount ${mount}`),
    ...(existsSync(at.namespace) ? [`network namespace ${at.namespace}`] : []),
    ...(await interfaces(at)).map((link) => `interface ${link}`),
    ...cgroupFolders(at.cgroup).map((folder) => `cgroup ${folder}`),
    ...(existsSync(at.state) ? [`folder ${at.state}`] : []),
  ];
}
