import { readFileSync } from 'node:fs';
import { compileScalerConfig, type ProcessTarget } from '@sluice/policy';
import type { Bundles } from '../local/bundles.ts';
import type { RunBroker } from './broker.ts';
import { type BrokerCounts, readCounts } from './broker-counts.ts';
import type { Ledger, ServiceLine } from './ledger.ts';
import { brokerTargets, MetricsTargets, processTarget } from './metrics-targets.ts';
import { BOARD, PUBLISHER, SCALER, type SystemPlan } from './options.ts';
import {
  newPassword,
  type RunDirectory,
  type ServiceProcess,
  startService,
  stopService,
} from './processes.ts';

interface Account {
  readonly username: string;
  readonly passwordFile: string;
}

/** Each process serves its health and metrics on a port of its own, to this machine only. */
const LOOPBACK = { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };
const LOG_TAIL_LINES = 5;
/** A broker of our own has started, and who names another one waits at the terminal. */
const BROKER_ANSWERS_SECONDS = 20;

/** A service says that it has opened its port. */
interface ListeningLine {
  readonly msg: 'listening';
  readonly service: string;
  readonly port: number;
}

/** What a run is made of. */
export interface SystemParts {
  readonly plan: SystemPlan;
  readonly broker: RunBroker;
  readonly bundles: Bundles;
  readonly files: RunDirectory;
  readonly ledger: Ledger;
  /** Where the scaler serves its metrics, on loopback. */
  readonly metricsPort: number;
  /** The board answers at this address. @default no board is served */
  readonly onBoard?: (address: string) => void;
}

/** The services of one run. None of them outlives this process. */
export class System {
  readonly metricsPort: number;
  /** Where the metrics of all that runs are. */
  readonly metrics: MetricsTargets;
  readonly #plan: SystemPlan;
  readonly #bundles: Bundles;
  readonly #broker: RunBroker;
  readonly #files: RunDirectory;
  readonly #ledger: Ledger;
  readonly #admin: Account;
  readonly #passwordFiles: Record<string, string>;
  readonly #onBoard: SystemParts['onBoard'];
  readonly #running = new Set<ServiceProcess>();
  #failed: ServiceProcess | undefined;
  #stopping = false;

  constructor({ plan, broker, bundles, files, ledger, metricsPort, onBoard }: SystemParts) {
    this.#onBoard = onBoard;
    this.#plan = plan;
    this.#broker = broker;
    this.#bundles = bundles;
    this.#files = files;
    this.#ledger = ledger;
    this.metricsPort = metricsPort;
    const { metricsUrl } = broker;
    this.metrics = new MetricsTargets(
      files.metricsFile,
      metricsUrl === undefined ? [] : brokerTargets(metricsUrl),
    );
    this.#admin = { username: broker.username, passwordFile: files.secret('admin', broker.password) };
    this.#passwordFiles = broker.own
      ? Object.fromEntries(plan.users.map((user) => [user, files.secret(user, newPassword())]))
      : {};
  }

  /** The service that ended although the run goes on, or ended badly. */
  get failed(): ServiceProcess | undefined {
    return this.#failed;
  }

  /** Declares the topology, then starts the scaler; `failed` is the topology where the broker refuses it. */
  async start(): Promise<void> {
    const scalerFile = this.#files.config(SCALER, this.#scalerConfig());
    this.#showBoard(scalerFile);
    const topology = this.#service('topology', {
      MANAGEMENT_URL: this.#broker.managementUrl,
      MANAGEMENT_USERNAME: this.#admin.username,
      MANAGEMENT_PASSWORD_FILE: this.#admin.passwordFile,
      DEADLINE_SECONDS: String(BROKER_ANSWERS_SECONDS),
      TOPOLOGY_FILE: this.#files.config('topology', this.#plan.topology(this.#vhost, this.#passwordFiles)),
    });
    const code = await topology.ended;
    if (code !== 0) this.#ended(topology);
    if (code !== 0 || this.#stopping) return;
    const scaler = this.#service('scaler', {
      CONFIG_FILE: scalerFile,
      HTTP_PORT: String(this.metricsPort),
    });
    void scaler.ended.then(() => this.#ended(scaler));
  }

  /** The run in a browser, from the same code that shows a cluster. A run goes on without it. */
  #showBoard(scalerFile: string): void {
    const onBoard = this.#onBoard;
    if (onBoard === undefined) return;
    const env = {
      SCALER_URL: `http://127.0.0.1:${this.metricsPort}/metrics`,
      SCALER_CONFIG_FILE: scalerFile,
      LOG_FILE: this.#files.logFile,
      AUTH: 'open',
      TIME_ZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    this.#service(BOARD, env, (line) => {
      const said = line as ServiceLine | ListeningLine;
      if (said.msg !== 'listening') return;
      this.#record(said);
      onBoard(`http://127.0.0.1:${said.port}/`);
    });
  }

  /** One publisher run. Resolves when it has ended, however it did. */
  async publish(runId: string, jobs: number): Promise<void> {
    if (this.#stopping) return;
    this.#ledger.announce(runId, jobs);
    const publisher = this.#service('publisher', {
      ...this.#amqp(PUBLISHER),
      RUN_ID: runId,
      JOBS: String(jobs),
      EXCHANGE: this.#plan.work.queue,
      ROUTING_KEY: this.#plan.work.queue,
    });
    const code = await publisher.ended;
    if (code !== 0) this.#ended(publisher);
  }

  /** What the broker counts of the queue. @returns undefined while it does not answer */
  counts(signal: AbortSignal): Promise<BrokerCounts | undefined> {
    const { managementUrl, username, password } = this.#broker;
    return readCounts(
      this.#plan.work.queue,
      { managementUrl, username, password, vhost: this.#vhost },
      signal,
    );
  }

  /** What all of them print. */
  get logFile(): string {
    return this.#files.logFile;
  }

  /** SIGTERM to all at once; what has not ended after the grace is killed with all that it started. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#running].map((service) => stopService(service, graceSeconds)));
  }

  /** The message for a service that failed: its last lines say why. */
  failure(name: string, code: number | null): string {
    const tail = readFileSync(this.#files.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
    return [`${name} ended with ${code}; the end of ${this.#files.logFile}:`, ...tail].join('\n  ');
  }

  #ended(service: ServiceProcess): void {
    if (!this.#stopping) this.#failed ??= service;
  }

  get #vhost(): string {
    return decodeURIComponent(new URL(this.#broker.amqpUrl).pathname.slice(1)) || '/';
  }

  #account(user: string): Account {
    const passwordFile = this.#passwordFiles[user];
    return passwordFile === undefined ? this.#admin : { username: user, passwordFile };
  }

  #amqp(user: string): Record<string, string> {
    const { username, passwordFile } = this.#account(user);
    return {
      AMQP_URL: this.#broker.amqpUrl,
      AMQP_USERNAME: username,
      AMQP_PASSWORD_FILE: passwordFile,
    };
  }

  #scalerConfig(): unknown {
    const { work, polls } = this.#plan;
    const source = {
      ...{ kind: 'management' as const, url: this.#broker.managementUrl, vhost: this.#vhost },
      ...{ queue: work.queue, ...this.#account(SCALER) },
    };
    return compileScalerConfig({
      ...polls,
      workloads: [{ name: work.scaled, source, target: this.#target(), policy: work.policy }],
    }).config;
  }

  /** A replica as a process, with the variables of its container. */
  #target(): ProcessTarget {
    const { work, replica } = this.#plan;
    const platform = {
      ...{ amqpUrl: this.#broker.amqpUrl, queue: work.queue, ...this.#account(work.name) },
    };
    const { command, env } = replica(platform, (service) => this.#bundles.command(service));
    return {
      kind: 'process',
      command,
      env: { ...LOOPBACK, ...this.#bundles.env, ...env },
      graceSeconds: work.stopDeadlineSeconds + 5,
    };
  }

  #record(line: ServiceLine | ListeningLine): void {
    if (line.msg !== 'listening') {
      this.#ledger.record(line);
      return;
    }
    const { service, port } = line;
    // A replica has the namespace of its worker, whatever image it is of.
    const { name, local } = this.#plan.work;
    const isReplica = local !== undefined && 'service' in local && local.service === service;
    const namespace = isReplica ? name : service;
    this.metrics.add(processTarget(service, namespace, port));
  }

  #service(
    name: string,
    env: Record<string, string>,
    onLine = (line: unknown): void => this.#record(line as ServiceLine | ListeningLine),
  ): ServiceProcess {
    const service = startService(
      name,
      { ...LOOPBACK, ...this.#bundles.env, ...env },
      {
        command: this.#bundles.command(name),
        logFile: this.#files.logFile,
        onLine,
      },
    );
    this.#running.add(service);
    void service.ended.then(() => this.#running.delete(service));
    return service;
  }
}
