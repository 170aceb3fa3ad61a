import { Counter, Gauge, type Registry } from 'prom-client';

/** What a supervised connection reports. */
export interface ConnectionMetrics {
  connected(yes: boolean): void;
  blocked(yes: boolean): void;
  lost(error: unknown): void;
}

/** Registers amqp_connected, amqp_blocked and amqp_connections_lost_total. */
export function connectionMetrics(registry: Registry): ConnectionMetrics {
  const registers = [registry];
  const connected = new Gauge({
    name: 'amqp_connected',
    help: '1 while connected to the broker, else 0.',
    registers,
  });
  const blocked = new Gauge({
    name: 'amqp_blocked',
    help: '1 while the broker refuses to take messages (memory or disk alarm), else 0.',
    registers,
  });
  const lost = new Counter({
    name: 'amqp_connections_lost_total',
    help: 'Connections that failed or could not be made.',
    registers,
  });
  return {
    connected: (yes) => connected.set(Number(yes)),
    blocked: (yes) => blocked.set(Number(yes)),
    lost: () => lost.inc(),
  };
}
