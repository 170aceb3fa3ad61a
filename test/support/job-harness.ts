import { type ChannelModel, type ConfirmChannel, connect, type GetMessage, type Options } from 'amqplib';
import { type QueueTopology, workQueue } from '../../charts/queue-topology.ts';
import type { ServiceProcess } from '../../cli/up/processes.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { declareAll } from '../../services/topology/declare.ts';
import { Management } from '../../services/topology/management.ts';
import { resourcesOf } from '../../services/topology/resources.ts';
import { parseTopology } from '../../services/topology/topology.ts';
import { ServiceProcesses, until } from './service-processes.ts';
import type { BrokerCoordinates } from './shared-broker.ts';
import { freshVhost, type Vhost, type VhostOptions } from './vhost.ts';

/** One JSON line of a service. */
export type Line = Record<string, unknown> & { readonly service: string; readonly msg: string };

/** A queue `jobs` on a virtual host of its own, services as real processes, and a look at all of it. */
export class JobHarness {
  readonly lines: Line[] = [];
  readonly fleet = new ServiceProcesses((line) => this.lines.push(line as Line));
  readonly vhost: Vhost;
  readonly #connection: ChannelModel;
  readonly #channel: ConfirmChannel;

  private constructor(vhost: Vhost, connection: ChannelModel, channel: ConfirmChannel) {
    this.vhost = vhost;
    this.#connection = connection;
    this.#channel = channel;
  }

  /** Declares the queue as the topology service does. @param retrySeconds between two attempts of a job */
  static async open(
    broker: BrokerCoordinates,
    retrySeconds = 0.02,
    options: VhostOptions = {},
  ): Promise<JobHarness> {
    const vhost = await freshVhost(broker, options);
    const connection = await connect(vhost.amqpUrl);
    // A test may end the broker under this connection.
    connection.on('error', () => {});
    const harness = new JobHarness(vhost, connection, await connection.createConfirmChannel());
    await declare(workQueue({ queue: 'jobs', retrySeconds, vhost: vhost.name, passwordFiles: {} }), broker);
    return harness;
  }

  /** Runs the topology service on a document. @returns its exit code */
  topology(document: object, env: Readonly<Record<string, string>> = {}): Promise<number> {
    const { managementUrl, username, password } = this.vhost.broker;
    return this.fleet.run('topology', {
      MANAGEMENT_URL: managementUrl,
      MANAGEMENT_USERNAME: username,
      MANAGEMENT_PASSWORD: password,
      TOPOLOGY_FILE: this.fleet.file('topology.json', document),
      ...env,
    });
  }

  /** Runs the publisher. @returns its exit code */
  publish(env: Readonly<Record<string, string>>): Promise<number> {
    return this.startPublisher(env).ended;
  }

  startPublisher(env: Readonly<Record<string, string>>): ServiceProcess {
    return this.fleet.start('publisher', { AMQP_URL: this.vhost.amqpUrl, RUN_ID: 'run', ...env });
  }

  /**
   * Waits for the end of a publisher whose run failed.
   * @returns its exit code, and the seconds from the line that says so to its end: what closing took
   */
  async failed({ ended }: ServiceProcess): Promise<{ code: number; closingSeconds: number }> {
    const code = (await ended) ?? Number.NaN;
    const said = this.of('run failed').at(-1);
    return { code, closingSeconds: (Date.now() - Number(said?.time)) / 1000 };
  }

  startConsumer(env: Readonly<Record<string, string>> = {}): ServiceProcess {
    return this.fleet.start('consumer', { AMQP_URL: this.vhost.amqpUrl, WORK_SECONDS: '0.001', ...env });
  }

  /** Until the broker itself says so: the command that causes an alarm does not wait for it. */
  untilAlarm(on: boolean): Promise<void> {
    return eventually(`an alarm is ${on ? 'on' : 'over'}`, async () => {
      const { status } = await this.vhost.api('GET', 'health/checks/alarms');
      return status === (on ? 503 : 200);
    });
  }

  /** From now on the queue takes no more than so many ready messages, and the broker refuses what comes beyond them. */
  async limit(messages: number): Promise<void> {
    const { api, name } = this.vhost;
    await api('PUT', `policies/${name}/full`, {
      ...{ pattern: '^jobs$', priority: 9, 'apply-to': 'queues' },
      definition: { 'max-length': messages, overflow: 'reject-publish' },
    });
    await eventually('the policy holds', async () => {
      const queue = (await (await api('GET', `queues/${name}/jobs`)).json()) as { policy?: string };
      return queue.policy === 'full';
    });
  }

  /** Lines of one kind, in order. */
  of(msg: string): Line[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  /** Waits for so many lines of a kind. */
  async untilSaid(msg: string, times = 1, deadlineSeconds = 20): Promise<Line[]> {
    await until(`${times} x '${msg}'`, () => this.of(msg).length >= times, deadlineSeconds);
    return this.of(msg);
  }

  /** Asks a service's HTTP server, as soon as it listens. */
  async get(service: string, path: string): Promise<Response> {
    const port = () => this.of('listening').findLast((line) => line.service === service)?.port;
    await until(`${service} listens`, () => port() !== undefined, 20);
    return fetch(`http://127.0.0.1:${port()}${path}`);
  }

  /** Ids of the jobs that ended so, in order. */
  ended(outcome: string): string[] {
    return this.of('job processed')
      .filter((line) => line.outcome === outcome)
      .map(({ jobId }) => String(jobId));
  }

  /** Messages that are ready in a queue. */
  async count(queue = 'jobs'): Promise<number> {
    return (await this.#channel.checkQueue(queue)).messageCount;
  }

  /** Takes one message out of a queue, where there is one. */
  take(queue = 'jobs'): Promise<GetMessage | false> {
    return this.#channel.get(queue, { noAck: true });
  }

  /** Takes the one message of a queue so often and gives it back each time. */
  async returnToQueue(queue: string, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      let message: GetMessage | false = false;
      await eventually('a message', async () => {
        message = await this.#channel.get(queue);
        return message !== false;
      });
      this.#channel.nack(message as unknown as GetMessage, false, true);
    }
  }

  async send(body: string | Buffer, options: Options.Publish = {}): Promise<void> {
    this.#channel.publish('jobs', 'jobs', Buffer.from(body), { persistent: true, ...options });
    await this.#channel.waitForConfirms();
  }

  async close(): Promise<void> {
    await this.fleet.stop(5);
    await this.#connection.close().catch(() => {});
    await this.vhost.remove().catch(() => {});
  }
}

/** What the topology service does with a document, without the start of a process for each test. */
async function declare(
  document: QueueTopology,
  { managementUrl: url, username, password }: BrokerCoordinates,
): Promise<void> {
  const api = new Management({
    ...{ url, username, password: { read: () => password } },
    ...{ signal: AbortSignal.timeout(patient(60) * 1000), log: { warn: () => {} } },
  });
  await declareAll(resourcesOf(parseTopology(document), new Map(), api));
}

/**
 * Waits until an asynchronous look holds. @throws Error naming what never came true
 * @param everyMs longer for a look that costs much
 */
export async function eventually(
  what: string,
  look: () => Promise<boolean>,
  deadlineSeconds = 20,
  everyMs = 50,
): Promise<void> {
  const deadline = Date.now() + patient(deadlineSeconds) * 1000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineSeconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
