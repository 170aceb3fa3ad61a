import { collectDefaultMetrics, Registry } from 'prom-client';

export type { Registry } from 'prom-client';

/**
 * A registry with the process metrics of Node in it (process_*, nodejs_*). Every series names its component;
 * not as `service`, which a ServiceMonitor already gives to what it scrapes.
 */
export function createRegistry(component: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ component });
  collectDefaultMetrics({ register: registry });
  return registry;
}
