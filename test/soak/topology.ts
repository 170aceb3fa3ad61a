import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { planFor } from '../../cli/up/plan.ts';
import type { Fleet } from '../support/fleet.ts';

/** Runs the topology service on a broker, as the local environment wants it. @throws Error when it refuses */
export async function declareTopology(fleet: Fleet, broker: LocalBroker): Promise<void> {
  const code = await fleet.run('topology', {
    MANAGEMENT_URL: broker.managementUrl,
    MANAGEMENT_USERNAME: broker.username,
    MANAGEMENT_PASSWORD: broker.password,
    TOPOLOGY_FILE: fleet.file('topology.json', planFor().topology('/', {})),
  });
  if (code !== 0) throw new Error(`topology ended with ${code}`);
}
