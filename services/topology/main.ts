import { messageOf, runMain } from '@sluice/runtime';
import { environment } from './config.ts';
import { declareAll, overriddenPolicies, TopologyError } from './declare.ts';
import { Management } from './management.ts';
import { resourcesOf } from './resources.ts';
import { readPasswords, readTopologyFile } from './topology.ts';

await runMain({
  service: 'topology',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, stop, serve }) => {
    const topology = readTopologyFile(config.TOPOLOGY_FILE);
    const passwords = readPasswords(topology);
    await serve();
    const api = new Management({
      ...{ log, url: config.MANAGEMENT_URL },
      authoritiesFile: config.MANAGEMENT_CA_FILE,
      ...{ username: config.MANAGEMENT_USERNAME, password: config.MANAGEMENT_PASSWORD },
      signal: stop.within(config.DEADLINE_SECONDS),
    });
    try {
      const { created, changed, unchanged } = await declareAll(resourcesOf(topology, passwords, api));
      log.info({ created, changed, unchanged: unchanged.length }, 'topology declared');
      for (const overridden of await overriddenPolicies(topology, api))
        log.warn(overridden, 'policy not in effect');
      return 0;
    } catch (error) {
      const facts =
        error instanceof TopologyError
          ? { refusals: error.refusals, skipped: error.skipped }
          : { error: messageOf(error) };
      log.error(facts, 'topology not declared');
      return 1;
    }
  },
});
