import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { latch } from '@sluice/policy';
import { type ChannelModel, connect } from 'amqplib';
import type { LocalBroker } from '../../../cli/local/rabbitmq.ts';
import type { ServiceProcess } from '../../../cli/up/processes.ts';
import { commandOf } from '../../support/bundles.ts';
import { ServiceProcesses, until } from '../../support/service-processes.ts';
import type { BrokerCoordinates } from '../../support/shared-broker.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { freshVhost, type Vhost } from '../../support/vhost.ts';
import { declareTopologyOn } from '../topology.ts';
import { MARK, type MarkedProcess, markedProcesses, signalProcess } from './marked.ts';
import { Record } from './record.ts';
import type { FaultRow, Scenario } from './scenario.ts';

/** Bounds of what must come true at last, seconds: a busy machine is no fault. */
const START_SECONDS = 90;
const SETTLE_SECONDS = 300;
/** What watches over a process ends after it. */
const LINGER_SECONDS = 10;
const REPLICAS = 3;
const MARK_OF_READY = 20;
/** A run that fails is run again under the same id, as a Job's next pod does. */
const MOST_RUNS = 8;

/** Real publisher, scaler, consumers and broker, with a proxy on each way between them. */
export class FaultRun {
  readonly vhost: Vhost;
  /** Publisher -> broker. */
  readonly publishing: TcpProxy;
  /** Consumers -> broker. */
  readonly consuming: TcpProxy;
  /** Scaler -> management API. */
  readonly management: TcpProxy;
  readonly #scenario: Scenario;
  readonly #broker: BrokerCoordinates;
  readonly #mark = randomUUID();
  readonly #record = new Record();
  readonly #fleet = new ServiceProcesses((line) => this.#record.take(line));

  private constructor(
    scenario: Scenario,
    broker: BrokerCoordinates,
    vhost: Vhost,
    proxies: readonly [TcpProxy, TcpProxy, TcpProxy],
  ) {
    this.#scenario = scenario;
    this.#broker = broker;
    this.vhost = vhost;
    [this.publishing, this.consuming, this.management] = proxies;
  }

  /** Runs one scenario on a virtual host of its own. @throws Error naming what never came true, with what was seen */
  static async of(scenario: Scenario, broker: BrokerCoordinates): Promise<FaultRow> {
    const vhost = await freshVhost(broker);
    const to = (url: string) => TcpProxy.to(url);
    const proxies = [
      await to(broker.amqpUrl),
      await to(broker.amqpUrl),
      await to(broker.managementUrl),
    ] as const;
    const run = new FaultRun(scenario, broker, vhost, proxies);
    try {
      return await run.#run();
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await run.#state()}`, { cause: error });
    } finally {
      await run.#end();
    }
  }

  /** For faults of the broker itself. @throws Error where it is shared */
  get broker(): LocalBroker {
    if (!isLocal(this.#broker)) throw new Error(`'${this.#scenario.name}' needs a broker of its own`);
    return this.#broker;
  }

  get done(): number {
    return this.#record.done.size;
  }

  /** Resolves when so many jobs are done. */
  untilDone(jobs: number): Promise<void> {
    return until(`${jobs} jobs done`, () => this.done >= jobs, START_SECONDS);
  }

  /** Resolves when the publisher is at work: some jobs have arrived. */
  async untilPublished(jobs: number): Promise<void> {
    const deadline = Date.now() + START_SECONDS * 1000;
    while (this.done + (await this.messages()) < jobs) {
      if (Date.now() > deadline) throw new Error(`not within ${START_SECONDS} s: ${jobs} jobs published`);
      await sleep(50);
    }
  }

  /** The processes of one kind, adopted and orphaned ones too. */
  processes(service: 'publisher' | 'consumer' | 'scaler'): MarkedProcess[] {
    // Not the shells that watch over a process: they name it too.
    const main = new RegExp(`/${service}(/main\\.ts|\\.[cm]?js)$`);
    return markedProcesses(this.#mark).filter(
      ({ arguments: [program = '', ...rest] }) =>
        program.endsWith('node') && rest.some((argument) => main.test(argument)),
    );
  }

  signal(service: 'publisher' | 'consumer' | 'scaler', signal: NodeJS.Signals, most = REPLICAS): void {
    for (const { pid } of this.processes(service).slice(0, most)) signalProcess(pid, signal);
  }

  /** As a supervisor does for one that died. */
  startScaler(): void {
    this.#start('scaler', { CONFIG_FILE: this.#scalerFile() });
  }

  /** Messages ready in the work queue and its retry queue. */
  async messages(): Promise<number> {
    const connection = await connect(this.vhost.amqpUrl).catch(() => undefined);
    if (connection === undefined) return 0;
    try {
      return await countIn(connection);
    } catch {
      return 0;
    } finally {
      await connection.close().catch(() => {});
    }
  }

  async #run(): Promise<FaultRow> {
    const { before, when, inject, lasts = 0, heal, jobs = 200 } = this.#scenario;
    await declareTopologyOn(this.#fleet, this.#broker, this.vhost.name);
    await before?.(this);
    this.startScaler();
    if (this.#scenario.slowPublisher) this.publishing.delay(50);
    const published = this.#publish(jobs);
    await Promise.race([
      (when ?? ((run) => run.untilDone(20)))(this),
      published.then(() => this.untilDone(1)),
    ]);
    await inject(this);
    await sleep(lasts * 1000);
    await heal?.(this);
    this.#record.healed();
    await published;
    await this.#settled(jobs);
    return this.#row(jobs);
  }

  async #publish(jobs: number): Promise<void> {
    const env = {
      ...{ AMQP_URL: this.publishing.through(this.vhost.amqpUrl), RUN_ID: 'run', JOBS: String(jobs) },
      ...{ DEADLINE_SECONDS: '100', AMQP_HEARTBEAT_SECONDS: '15' },
      ...(this.#scenario.slowPublisher && { WINDOW: '2' }),
    };
    let code = 1;
    for (let run = 0; run < MOST_RUNS && code !== 0; run += 1) {
      code = await this.#start('publisher', env).ended;
    }
    if (code !== 0) throw new Error(`the publisher ended with ${code}, ${MOST_RUNS} times`);
  }

  /** Every job is done or parked, nothing waits, and the scaler is back at 0. */
  async #settled(jobs: number): Promise<void> {
    const { brokerDrops } = this.#scenario;
    const over = () =>
      (brokerDrops === true || this.#record.settled >= jobs) &&
      this.#record.replicas.at(-1) === 0 &&
      this.processes('consumer').length === 0;
    await until('every job done or parked, and no consumer left', over, SETTLE_SECONDS);
  }

  async #row(jobs: number): Promise<FaultRow> {
    const messages = await this.messages();
    await this.#fleet.stop(60);
    await until('no process left', () => markedProcesses(this.#mark).length === 0, LINGER_SECONDS).catch(
      () => {},
    );
    const missing = jobs - this.#record.settled;
    const { brokerDrops = false } = this.#scenario;
    return {
      scenario: this.#scenario.name,
      confirmed: this.#record.confirmed,
      ...this.#record.counts(),
      dropped: brokerDrops ? missing : 0,
      lost: brokerDrops ? 0 : missing,
      messages,
      processes: markedProcesses(this.#mark).length,
    };
  }

  #start(name: string, env: Readonly<{ [name: string]: string }>): ServiceProcess {
    return this.#fleet.start(name, { ...env, [MARK]: this.#mark });
  }

  #scalerFile(): string {
    const { username, password, managementUrl } = this.#broker;
    const env = {
      ...{ AMQP_URL: this.consuming.through(this.vhost.amqpUrl), AMQP_HEARTBEAT_SECONDS: '15' },
      ...{ WORK_SECONDS: String(this.#scenario.workSeconds ?? 0.15), STOP_DEADLINE_SECONDS: '10' },
      ...{ HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', [MARK]: this.#mark },
    };
    const source = {
      ...{ kind: 'management', url: this.management.through(managementUrl), vhost: this.vhost.name },
      ...{ queue: 'jobs', username, passwordFile: this.#fleet.file('password', password) },
    };
    const startWhen = { readyAtLeast: MARK_OF_READY, oldestWaitSeconds: 2 };
    return this.#fleet.file('scaler.json', {
      pollSeconds: 0.5,
      workloads: [
        {
          ...{ name: 'consumer', source, policy: latch({ replicas: REPLICAS, startWhen }) },
          target: { kind: 'process', command: commandOf('consumer'), env, graceSeconds: 20 },
        },
      ],
    });
  }

  /** For the message when it did not settle. */
  async #state(): Promise<string> {
    const left = markedProcesses(this.#mark).map(({ pid, arguments: words }) => `${pid} ${words.join(' ')}`);
    const state = { ...this.#record.counts(), messages: await this.messages(), left };
    return [JSON.stringify(state), 'the last lines:', ...this.#record.lastLines].join('\n');
  }

  /** Nothing outlives a scenario, whatever became of it: what was stopped is continued to be killed. */
  async #end(): Promise<void> {
    for (const { pid } of markedProcesses(this.#mark)) {
      signalProcess(pid, 'SIGKILL');
      signalProcess(pid, 'SIGCONT');
    }
    await this.#fleet.stop(5);
    for (const proxy of [this.publishing, this.consuming, this.management]) await proxy.close();
    await this.vhost.remove().catch(() => {});
  }
}

const isLocal = (broker: BrokerCoordinates): broker is LocalBroker => 'evaluate' in broker;

async function countIn(connection: ChannelModel): Promise<number> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const counts = await Promise.all(['jobs', 'jobs.retry'].map((queue) => channel.checkQueue(queue)));
  return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
}
