import { type ChannelModel, type ConfirmChannel, connect, type GetMessage, type Options } from 'amqplib';
import { encodeJob, jobId } from '../../services/runtime/index.ts';
import { Fleet } from '../support/fleet.ts';
import type { BrokerCoordinates } from '../support/shared-broker.ts';
import { declareWorkQueue, type WorkQueueWanted } from '../support/topology.ts';
import { freshVhost, type Vhost } from '../support/vhost.ts';

export type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

/** One story's virtual host, its services as processes, their lines, and an administrator's channel. */
export class Stage {
  readonly vhost: Vhost;
  readonly fleet: Fleet;
  readonly lines: Line[];
  readonly channel: ConfirmChannel;
  readonly #connection: ChannelModel;

  private constructor(vhost: Vhost, fleet: Fleet, lines: Line[], on: [ChannelModel, ConfirmChannel]) {
    this.vhost = vhost;
    this.fleet = fleet;
    this.lines = lines;
    [this.#connection, this.channel] = on;
  }

  /** An empty virtual host. */
  static async empty(broker: BrokerCoordinates): Promise<Stage> {
    const lines: Line[] = [];
    const vhost = await freshVhost(broker);
    const connection = await connect(vhost.amqpUrl);
    connection.on('error', () => {});
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    return new Stage(vhost, new Fleet((line) => lines.push(line)), lines, [connection, channel]);
  }

  /** With the work queue `jobs`, declared by the topology service. */
  static async withQueue(broker: BrokerCoordinates, wanted?: WorkQueueWanted): Promise<Stage> {
    const stage = await Stage.empty(broker);
    await declareWorkQueue(stage.fleet, stage.vhost, wanted);
    return stage;
  }

  /** What the services need to reach the virtual host as administrator. */
  get env(): { readonly AMQP_URL: string } {
    return { AMQP_URL: this.vhost.amqpUrl };
  }

  said(msg: string): Line[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  /** `id:outcome` of every attempt so far, in the order in which they ended. */
  outcomes(): string[] {
    return this.said('job processed').map(({ jobId: id, outcome }) => `${id}:${outcome}`);
  }

  /** Publishes valid jobs `${runId}-0` and on. @returns their ids */
  async publishJobs(runId: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, index) => jobId(runId, index));
    await Promise.all(
      ids.map((messageId, index) => this.publish(encodeJob(runId, index, Date.now()), { messageId })),
    );
    return ids;
  }

  publish(content: Buffer, options: Options.Publish = {}, routingKey = 'jobs'): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.channel.publish('jobs', routingKey, content, { persistent: true, ...options }, (error) =>
      error ? reject(error) : resolve(),
    );
    return promise;
  }

  /** Takes everything ready out of a queue. */
  async take(queue: string): Promise<GetMessage[]> {
    const taken: GetMessage[] = [];
    for (;;) {
      const message = await this.channel.get(queue, { noAck: true });
      if (message === false) return taken;
      taken.push(message);
    }
  }

  /** Messages that wait in a queue, in hand of nobody. */
  async ready(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  async close(): Promise<void> {
    await this.fleet.stop(5);
    await this.#connection.close().catch(() => {});
    await this.vhost.remove();
  }
}
