import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../lib/until.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { start } from './processes.ts';

/**
 * Opens a loopback port of this machine onto an address inside the cluster's network.
 * @param target e.g. '127.0.0.1:6443'
 * @returns the port
 */
export async function openPortForward(at: ClusterPaths, name: string, target: string): Promise<number> {
  const socket = join(at.state, `${name}.sock`);
  const portFile = join(at.state, `${name}.port`);
  rmSync(portFile, { force: true });
  start(at, {
    name: `door-${name}-inside`,
    command: ['socat', `UNIX-LISTEN:${socket},backlog=128,fork,unlink-early,mode=600`, `TCP:${target}`],
  });
  start(at, {
    name: `door-${name}`,
    command: [process.execPath, join(import.meta.dirname, 'port-forward.ts'), socket, portFile],
    outside: true,
  });
  return until(`the door ${name}`, 10, () => {
    const port = Number(readFileSync(portFile, 'utf8'));
    return port > 0 ? port : undefined;
  });
}
