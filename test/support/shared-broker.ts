import type { TestProject } from 'vitest/node';
import { type LocalBroker, type RabbitMQOptions, startRabbitMQ } from '../../cli/local/rabbitmq.ts';

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

/** Below a hook's limit: one that ends in its start is noticed at once, and a busy machine takes minutes for others. */
const START_DEADLINE_MS = 240_000;

/** A broker of a test's own, which starts as slowly as the machine does. */
export const startBroker = (options: RabbitMQOptions = {}): Promise<LocalBroker> =>
  startRabbitMQ({ startDeadlineMs: START_DEADLINE_MS, ...options });

/** What was declared outlives a SIGKILL from now on: by itself Mnesia writes its log some seconds later. */
export const keepDeclared = async (broker: LocalBroker): Promise<void> =>
  void (await broker.evaluate('mnesia:dump_log()'));

/** One broker for all integration tests; a test that kills or blocks its broker starts its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startBroker({ collectStatisticsMs: 200 });
  const { amqpUrl, managementUrl, metricsUrl, username, password } = broker;
  project.provide('broker', { amqpUrl, managementUrl, metricsUrl, username, password });
  return () => broker.stop();
}
