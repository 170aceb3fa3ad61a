import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Policy, parseScalerConfig, type Source } from '@sluice/policy';
import { connect } from 'amqplib';
import { Registry } from 'prom-client';
import { startScaler } from '../../services/scaler/start.ts';
import type { BrokerCoordinates } from '../support/shared-broker.ts';

export interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A file that holds the broker's password, as the scaler wants it. */
export function passwordFile({ password }: BrokerCoordinates): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-scaler-')), 'password');
  writeFileSync(file, password, { mode: 0o600 });
  return file;
}

export const managementSource = (broker: BrokerCoordinates, vhost: string, queue = 'jobs'): Source => ({
  kind: 'management',
  ...{
    url: broker.managementUrl,
    vhost,
    queue,
    username: broker.username,
    passwordFile: passwordFile(broker),
  },
});

export const metricsSource = (broker: BrokerCoordinates, vhost: string, queue = 'jobs'): Source => ({
  kind: 'detailed-metrics',
  ...{ url: broker.metricsUrl, vhost, queue },
});

export interface WorkloadOptions {
  readonly source: Source;
  readonly policy: Policy;
  readonly amqpUrl: string;
  readonly workMs: number;
  readonly pollSeconds?: number;
  readonly idlePollSeconds?: number;
}

/** The scaler's file for one workload of real consumer processes on the queue `jobs`. */
export const scalerFile = ({ source, policy, amqpUrl, workMs, ...polls }: WorkloadOptions) =>
  parseScalerConfig({
    pollSeconds: 0.5,
    ...polls,
    workloads: [
      {
        name: 'jobs',
        source,
        policy,
        target: {
          kind: 'process',
          command: [
            process.execPath,
            join(import.meta.dirname, 'scaler-worker.ts'),
            amqpUrl,
            'jobs',
            String(workMs),
          ],
          env: {},
          graceSeconds: 10,
        },
      },
    ],
  });

/** The scaler in this process; its decisions as `from -> to reason`. */
export async function runScaler(options: WorkloadOptions) {
  const lines: Line[] = [];
  const registry = new Registry();
  const log = (facts: object, msg: string) => void lines.push({ ...facts, msg });
  const running = await startScaler({
    config: scalerFile(options),
    instance: 'test',
    log: { info: log, warn: log },
    registry,
  });
  const decisions = () =>
    lines
      .filter(({ msg }) => msg === 'decision')
      .map(({ current, replicas, reason }) => `${current} -> ${replicas} ${reason}`);
  return { decisions, lines, registry, [Symbol.asyncDispose]: () => running.stop() };
}

/** Declares the queue `jobs`, durable. */
export async function declareQueue(amqpUrl: string): Promise<void> {
  await withChannel(amqpUrl, async (channel) => void (await channel.assertQueue('jobs', { durable: true })));
}

/** Publishes confirmed, persistent jobs with a timestamp, by default as the publisher's: seconds since 1970; 0 is none. */
export async function publishJobs(
  amqpUrl: string,
  count: number,
  timestamp: number | undefined = Math.floor(Date.now() / 1000),
): Promise<void> {
  await withChannel(amqpUrl, async (channel) => {
    for (let index = 0; index < count; index += 1) {
      const stamp = timestamp === 0 ? {} : { timestamp };
      channel.sendToQueue('jobs', Buffer.from(String(index)), { persistent: true, ...stamp });
    }
    await channel.waitForConfirms();
  });
}

type ConfirmChannel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;

async function withChannel(amqpUrl: string, use: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createConfirmChannel();
    await use(channel);
    await channel.close();
  } finally {
    await connection.close();
  }
}
