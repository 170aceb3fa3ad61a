import { planFor } from '../../cli/up/options.ts';
import type { ServiceProcesses } from '../support/service-processes.ts';
import type { BrokerCoordinates } from '../support/shared-broker.ts';

/** Runs the topology service on a broker, as the local environment wants it. @throws Error when it refuses */
export const declareTopology = (fleet: ServiceProcesses, broker: BrokerCoordinates): Promise<void> =>
  declareTopologyOn(fleet, broker, '/');

/** The same on a virtual host. */
export async function declareTopologyOn(
  fleet: ServiceProcesses,
  broker: BrokerCoordinates,
  vhost: string,
): Promise<void> {
  const code = await fleet.run('topology', {
    MANAGEMENT_URL: broker.managementUrl,
    MANAGEMENT_USERNAME: broker.username,
    MANAGEMENT_PASSWORD: broker.password,
    TOPOLOGY_FILE: fleet.file('topology.json', planFor().topology(vhost, {})),
  });
  if (code !== 0) throw new Error(`topology ended with ${code}`);
}
