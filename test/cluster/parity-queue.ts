/** A real broker and a real Prometheus in the cluster's network, and the backlog of the queue `jobs`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagementSource, PrometheusSource } from '@sluice/policy';
import { connect } from 'amqplib';
import { ensurePackages } from '../../packages/testbed/lib/packages.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import type { BrokerCoordinates } from '../support/shared-broker.ts';
import type { Inside } from './in-cluster-process.ts';

export const queue = 'jobs';

/** Seconds between two looks, the same for every back-end. */
export const everySeconds = 5;

export interface Queue {
  readonly broker: BrokerCoordinates;
  readonly asked: ManagementSource;
  readonly scraped: PrometheusSource;
  /** Adds or takes messages until `count` are ready; resolves when the broker has confirmed. */
  backlog(count: number): Promise<void>;
  /** The broker's process stands still while `work` runs: requests to it time out. */
  frozen<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

type Broker = BrokerCoordinates & { readonly pid: number };

export async function openQueue(inside: Inside): Promise<Queue> {
  const broker = await startBroker(inside);
  const passwordFile = join(inside.folder, 'parity-password');
  writeFileSync(passwordFile, broker.password, { mode: 0o600 });
  const url = await startPrometheus(inside, broker);
  const { backlog, close } = await openBacklog(inside, broker);
  const series = (state: string) => `rabbitmq_detailed_queue_messages_${state}{queue="${queue}",vhost="/"}`;
  const { managementUrl, username } = broker;
  return {
    broker,
    asked: { kind: 'management', url: managementUrl, vhost: '/', queue, username, passwordFile },
    scraped: { kind: 'prometheus', url, readyQuery: series('ready'), unackedQuery: series('unacked') },
    backlog,
    frozen: (work) => frozen(broker, work),
    close,
  };
}

async function startBroker(inside: Inside): Promise<Broker> {
  const file = join(inside.folder, 'parity-broker.json');
  const program = join(import.meta.dirname, 'parity-broker.ts');
  const command = [process.execPath, program, join(inside.folder, 'parity-broker'), file];
  inside.start({ name: 'parity-broker', command });
  await inside.until('parity-broker', 90, () => existsSync(file));
  return JSON.parse(readFileSync(file, 'utf8')) as Broker;
}

async function frozen<T>({ pid }: Broker, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function openBacklog(inside: Inside, { amqpUrl }: BrokerCoordinates) {
  const { hostname, port } = new URL(amqpUrl);
  const door = await inside.door('parity-amqp', `${hostname}:${port}`);
  const connection = await connect(amqpUrl.replace(`${hostname}:${port}`, `127.0.0.1:${door}`));
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  const backlog = async (count: number) => {
    const { messageCount } = await channel.checkQueue(queue);
    for (let more = messageCount; more < count; more += 1) channel.sendToQueue(queue, Buffer.from('x'));
    for (let fewer = messageCount; fewer > count; fewer -= 1) await channel.get(queue, { noAck: true });
    await channel.waitForConfirms();
    await until(
      `${count} messages`,
      10,
      async () => (await channel.checkQueue(queue)).messageCount === count,
    );
  };
  return { backlog, close: () => connection.close() };
}

/** Debian's: old, but at hand at once, and the API is the same. */
async function startPrometheus(inside: Inside, { metricsUrl }: BrokerCoordinates): Promise<string> {
  await ensurePackages({ prometheus: '/usr/bin/prometheus' });
  const file = join(inside.folder, 'parity-prometheus.yaml');
  const job = {
    job_name: 'broker',
    metrics_path: '/metrics/detailed',
    params: { family: ['queue_coarse_metrics'] },
    static_configs: [{ targets: [new URL(metricsUrl).host] }],
  };
  const global = { scrape_interval: `${everySeconds}s`, scrape_timeout: '3s' };
  writeFileSync(file, JSON.stringify({ global, scrape_configs: [job] }));
  const address = '127.0.0.1:9090';
  const options = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(inside.folder, 'parity-prometheus')}`,
    `--web.listen-address=${address}`,
  ];
  inside.start({ name: 'parity-prometheus', command: ['/usr/bin/prometheus', ...options] });
  await inside.until('parity-prometheus', 30, () =>
    inside.log('parity-prometheus').includes('Server is ready to receive web requests'),
  );
  return `http://${address}`;
}
