import { workQueue } from '../../charts/queue-topology.ts';
import type { Fleet } from './fleet.ts';
import type { Vhost } from './vhost.ts';

export interface WorkQueueWanted {
  /** @default 30 */
  readonly retrySeconds?: number;
  /** User -> path of the file with the password. @default no users */
  readonly passwordFiles?: Readonly<Record<string, string>>;
}

/** The topology service's environment for the work queue `jobs` in this virtual host. */
export function topologyEnv(fleet: Fleet, { broker, name }: Vhost, wanted: WorkQueueWanted = {}) {
  const { retrySeconds = 30, passwordFiles = {} } = wanted;
  return {
    MANAGEMENT_URL: broker.managementUrl,
    MANAGEMENT_USERNAME: broker.username,
    MANAGEMENT_PASSWORD: broker.password,
    TOPOLOGY_FILE: fleet.file(
      'topology.json',
      workQueue({ queue: 'jobs', vhost: name, retrySeconds, passwordFiles }),
    ),
  };
}

/** Lets the topology service declare the work queue. @throws Error when it ends with another code than 0 */
export async function declareWorkQueue(fleet: Fleet, vhost: Vhost, wanted?: WorkQueueWanted): Promise<void> {
  const code = await fleet.run('topology', topologyEnv(fleet, vhost, wanted));
  if (code !== 0) throw new Error(`topology ended with ${code}`);
}
