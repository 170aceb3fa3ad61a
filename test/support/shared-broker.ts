import type { TestProject } from 'vitest/node';
import { startRabbitMQ } from '../../cli/local/rabbitmq.ts';

/** What a test needs of the broker that the whole integration project shares. */
export interface BrokerCoordinates {
  readonly amqpUrl: string;
  readonly managementUrl: string;
  readonly metricsUrl: string;
  readonly username: string;
  readonly password: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    broker: BrokerCoordinates;
  }
}

/** One broker for all integration tests; a test that kills or blocks its broker starts its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startRabbitMQ({ collectStatisticsMs: 200 });
  const { amqpUrl, managementUrl, metricsUrl, username, password } = broker;
  project.provide('broker', { amqpUrl, managementUrl, metricsUrl, username, password });
  return () => broker.stop();
}
