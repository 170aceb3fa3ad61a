import { existsSync, readdirSync, readlinkSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { answers, run } from '../lib/run.ts';
import { until } from '../lib/until.ts';
import { members, removeCgroup } from './cgroup.ts';
import { started } from './journal.ts';
import { removeNetwork } from './network.ts';
import { type Places, places } from './places.ts';
import { mountsUnder } from './proc.ts';
import { killAll, stop } from './processes.ts';

async function unmountAll(folder: string): Promise<void> {
  for (const mount of mountsUnder(folder)) {
    if (!(await answers(['umount', mount]))) await run(['umount', '--lazy', mount], { check: false });
  }
}

/** The kubelet links every container's log here, wherever the logs themselves are. */
function removeLogLinks(at: Places): void {
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
  const at = places(name);
  for (const one of started(at.journal).reverse()) {
    // With no kubelet left to start them again, pods end at once instead of one by one.
    if (one.name === 'containerd') await killAll('pods', () => members(join(at.cgroup, 'pods')));
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
