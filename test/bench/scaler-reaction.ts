import { latch, parseScalerConfig } from '@sluice/policy';
import type { ConfirmChannel } from 'amqplib';
import { Registry } from 'prom-client';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { createScaler } from '../../services/scaler/scaler.ts';
import type { ReplicaTarget } from '../../services/scaler/targets/kubernetes.ts';
import { ServiceProcesses } from '../support/service-processes.ts';
import { withBroker } from './broker.ts';
import { type Figure, round } from './figures.ts';

const WORKLOADS = 20;
const ROUNDS = 2;
const POLL_SECONDS = 2;
const MARK = 100;
const MAX_SECONDS = POLL_SECONDS + 1;

/** From the confirm of the message that reaches the mark to the write of the count, on a real broker. */
export async function scalerReaction(): Promise<Figure[]> {
  return withBroker(async (connection, broker) => {
    const channel = await connection.createConfirmChannel();
    const targets = new Map(names().map((name) => [name, new RecordingTarget()]));
    for (const name of names()) await channel.assertQueue(name, { durable: true });
    const files = new ServiceProcesses(() => {});
    const scaler = createScaler({
      config: configOf(broker, files.file('password', broker.password)),
      openTarget: ({ name }) => targets.get(name) ?? new RecordingTarget(),
      log: { info() {}, warn() {} },
      registry: new Registry(),
    });
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, target] of targets) seconds.push(...(await react(channel, name, target)));
    await scaler.stop();
    await files.stop();
    return [figureOf(seconds)];
  });
}

const names = (): string[] => Array.from({ length: WORKLOADS }, (_, index) => `queue-${index}`);

const configOf = ({ managementUrl, username }: LocalBroker, passwordFile: string) =>
  parseScalerConfig({
    pollSeconds: POLL_SECONDS,
    workloads: names().map((name) => ({
      name,
      source: { kind: 'management', url: managementUrl, vhost: '/', queue: name, username, passwordFile },
      target: { kind: 'deployment', namespace: 'bench', name },
      policy: latch({ replicas: 25, startWhen: { readyAtLeast: MARK } }),
    })),
  });

/** The queue is emptied right after: its latch closes while others are measured. */
async function react(channel: ConfirmChannel, queue: string, target: RecordingTarget): Promise<number[]> {
  await target.reaches(0);
  // Anywhere in the poll period.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
  for (let index = 0; index < MARK; index += 1) channel.sendToQueue(queue, Buffer.from('x'));
  await channel.waitForConfirms();
  const crossedAt = performance.now();
  await target.reaches(25);
  const seconds = (performance.now() - crossedAt) / 1000;
  await channel.purgeQueue(queue);
  return [seconds];
}

class RecordingTarget implements ReplicaTarget {
  #replicas = 0;
  #waiting: { readonly replicas: number; readonly resolve: () => void } | undefined;

  reaches(replicas: number): Promise<void> {
    if (this.#replicas === replicas) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { replicas, resolve };
    });
  }

  read = async () => ({ current: this.#replicas });

  write = async (replicas: number) => {
    this.#replicas = replicas;
    if (this.#waiting?.replicas === replicas) this.#waiting.resolve();
    return 'written' as const;
  };

  stop = async () => {};
}

function figureOf(seconds: number[]): Figure {
  const sorted = seconds.sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
  return {
    bench: 'scaler-reaction',
    value: round(p99),
    unit: 's, p99',
    spread: [round(sorted[0]), round(sorted.at(-1))],
    target: `<= poll period (${POLL_SECONDS} s) + 1 s`,
    ok: p99 <= MAX_SECONDS,
  };
}
