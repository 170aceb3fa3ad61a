import { join } from 'node:path';
import { type Policy, parseScalerConfig } from '@sluice/policy';
import { connect } from 'amqplib';
import { Registry } from 'prom-client';
import { startScaler } from '../../services/scaler/start.ts';
import { declareQueue, type Line, managementSource } from '../integration/scaler-harness.ts';
import { until } from '../support/service-processes.ts';
import type { Vhost } from '../support/vhost.ts';

/** What the scaler has measured. */
export interface Measured {
  readonly arrivalsPerSecond: number;
  readonly serviceSeconds: number;
}

/** Jobs that all take the same time, for a while. */
export interface Phase {
  readonly serviceSeconds: number;
  /** At most, where it ends by what is measured. */
  readonly seconds: number;
  /** Ends the phase as soon as it holds. @default never */
  readonly until?: (measured: Measured) => boolean;
}

export interface StepsSize {
  readonly jobsPerSecond: number;
  readonly phases: readonly Phase[];
  /** One that measures what a job takes. */
  readonly policy: Policy;
}

/** One job: seconds since the first phase began. */
export interface Waited {
  readonly publishedAt: number;
  readonly waitSeconds: number;
}

export interface StepsResult {
  readonly published: number;
  readonly waits: readonly Waited[];
  /** What was measured at the end of each phase. */
  readonly measured: readonly Measured[];
  readonly mostReplicas: number;
}

/**
 * A real RabbitMQ, the scaler with a policy that measures, consumers as processes: jobs arrive evenly, and what each
 * takes changes from phase to phase.
 */
export async function proveSteps(size: StepsSize, vhost: Vhost): Promise<StepsResult> {
  await declareQueue(vhost.amqpUrl);
  return new StepsProof(size, vhost).run();
}

class StepsProof {
  readonly #size: StepsSize;
  readonly #vhost: Vhost;
  readonly #registry = new Registry();
  readonly #replicas: number[] = [];
  readonly #measured: Measured[] = [];

  constructor(size: StepsSize, vhost: Vhost) {
    this.#size = size;
    this.#vhost = vhost;
  }

  async run(): Promise<StepsResult> {
    const answers = await this.#answers();
    const scaler = await startScaler({
      config: this.#file(),
      instance: 'proof',
      registry: this.#registry,
      log: { info: (facts) => this.#note(facts), warn: () => {} },
    });
    try {
      const published = await this.#publish();
      await until('every job is done', () => answers.waits.length === published, 300);
      return {
        ...{ published, waits: answers.waits, measured: this.#measured },
        mostReplicas: Math.max(0, ...this.#replicas),
      };
    } finally {
      await scaler.stop();
      await answers.close();
    }
  }

  #note(facts: object): void {
    const { replicas } = facts as Partial<Line>;
    if (typeof replicas === 'number') this.#replicas.push(replicas);
  }

  #file() {
    const command = [process.execPath, join(import.meta.dirname, 'measured-worker.ts'), this.#vhost.amqpUrl];
    return parseScalerConfig({
      pollSeconds: 5,
      idlePollSeconds: 0.5,
      workloads: [
        {
          name: 'jobs',
          source: managementSource(this.#vhost.broker, this.#vhost.name),
          target: { kind: 'process', command, env: {}, graceSeconds: 20 },
          policy: this.#size.policy,
        },
      ],
    });
  }

  /** Publishes at whole intervals of the clock, whatever the machine does meanwhile. */
  async #publish(): Promise<number> {
    const connection = await connect(this.#vhost.amqpUrl);
    const channel = await connection.createConfirmChannel();
    const begun = Date.now();
    let published = 0;
    for (const { seconds, serviceSeconds, until: ends = () => false } of this.#size.phases) {
      const end = published + seconds * this.#size.jobsPerSecond;
      for (; published < end && !ends(await this.#measure()); published += 1) {
        const due = begun + (1000 * published) / this.#size.jobsPerSecond;
        await until('a job is due', () => Date.now() >= due, 60);
        const job = { serviceSeconds, begun, publishedAt: Date.now() };
        channel.sendToQueue('jobs', Buffer.from(JSON.stringify(job)), { persistent: true });
      }
      await channel.waitForConfirms();
      this.#measured.push(await this.#measure());
    }
    await connection.close();
    return published;
  }

  async #measure(): Promise<Measured> {
    const told = async (name: string): Promise<number> => {
      const metric = await this.#registry.getSingleMetric(name)?.get();
      return metric?.values[0]?.value ?? Number.NaN;
    };
    return {
      arrivalsPerSecond: await told('sluice_scaler_arrivals_per_second'),
      serviceSeconds: await told('sluice_scaler_service_seconds'),
    };
  }

  /** What the workers say of each job, on a queue of their own. */
  async #answers() {
    const waits: Waited[] = [];
    const connection = await connect(this.#vhost.amqpUrl);
    const channel = await connection.createChannel();
    await channel.assertQueue('waits', { durable: true });
    await channel.consume(
      'waits',
      (message) => message && waits.push(JSON.parse(message.content.toString())),
      { noAck: true },
    );
    return { waits, close: () => connection.close() };
  }
}

/** Nearest rank of the waits of jobs published in a span, seconds since the first phase. */
export function waitPercentile(
  waits: readonly Waited[],
  [from, to]: readonly [number, number],
  rank: number,
): number {
  const sorted = waits
    .filter(({ publishedAt }) => publishedAt >= from && publishedAt < to)
    .map(({ waitSeconds }) => waitSeconds)
    .sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? Number.NaN;
}
