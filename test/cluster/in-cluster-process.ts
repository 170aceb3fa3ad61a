/** Programs of a suite: they run in the cluster's own network and end with the cluster, also after a crash. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestbedError } from '../../packages/testbed/cluster.ts';
import { addresses, pathsOf } from '../../packages/testbed/from-source/cluster-paths.ts';
import { writeKubeconfig } from '../../packages/testbed/from-source/pki.ts';
import { openPortForward } from '../../packages/testbed/from-source/port-forwards.ts';
import {
  type Daemon,
  logTail,
  runs,
  start,
  started,
  stop,
} from '../../packages/testbed/from-source/processes.ts';
import { until } from '../../packages/testbed/lib/until.ts';

export interface Inside {
  /** A folder that is removed with the cluster. */
  readonly folder: string;
  /** Works inside the network. */
  readonly kubeconfig: string;
  start(daemon: Daemon): void;
  stop(name: string): Promise<void>;
  log(name: string): string;
  /** @returns a port of this machine's loopback onto the address inside */
  door(name: string, target: string): Promise<number>;
  /** Waits for a condition; fails at once, with its last words, where the program ended. */
  until(name: string, seconds: number, condition: () => Promise<boolean> | boolean): Promise<void>;
}

export function insideOf(cluster: string): Inside {
  const at = pathsOf(cluster);
  const named = (name: string) => started(at.journal).filter((one) => one.name === name);
  const log = (name: string) => readFileSync(join(at.logs, `${name}.log`), 'utf8');
  return {
    folder: at.state,
    kubeconfig: writeKubeconfig(at, 'admin', join(at.pki, 'inside.kubeconfig'), addresses.apiPort),
    start: (daemon) => start(at, daemon),
    stop: async (name) => {
      for (const one of named(name)) await stop(one);
    },
    log,
    door: (name, target) => openPortForward(at, name, target),
    until: async (name, seconds, condition) => {
      const ready = await until(name, seconds, async () => {
        if (!named(name).some(runs)) return 'ended';
        return (await condition()) && 'ready';
      }).catch((cause: unknown) => {
        throw new TestbedError(`${name} is not ready:\n${logTail(at, name, 12)}`, { cause });
      });
      if (ready === 'ended') throw new TestbedError(`${name} ended:\n${logTail(at, name, 12)}`);
    },
  };
}
