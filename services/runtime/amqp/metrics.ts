import { amqp } from '../../../packages/contracts/metrics/catalogue.ts';
import { counter, gauge, type Registry } from '../metrics.ts';

/** What a supervised connection reports. */
export interface ConnectionMetrics {
  connected(yes: boolean): void;
  blocked(yes: boolean): void;
  lost(error: unknown): void;
}

/** Registers what every service with a connection to the broker reports of it. */
export function connectionMetrics(registry: Registry): ConnectionMetrics {
  const connected = gauge(registry, amqp.connected);
  const blocked = gauge(registry, amqp.blocked);
  const lost = counter(registry, amqp.connectionsLost);
  return {
    connected: (yes) => connected.set(Number(yes)),
    blocked: (yes) => blocked.set(Number(yes)),
    lost: () => lost.inc(),
  };
}
