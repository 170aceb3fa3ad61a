import { readFileSync } from 'node:fs';
import { compileScalerConfig } from '@sluice/policy';
import type { RunBroker } from './broker.ts';
import type { Ledger, ServiceLine } from './ledger.ts';
import type { SystemPlan } from './plan.ts';
import { type ServiceProcess, serviceCommand, startService, stopService } from './processes.ts';
import { newPassword, type RunDirectory } from './rundir.ts';

interface Account {
  readonly username: string;
  readonly passwordFile: string;
}

const LEAST_PRIVILEGED = ['publisher', 'consumer', 'scaler'];
/** Each process serves its health and metrics on a port of its own, to this machine only. */
const LOOPBACK = { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };
const SCALER_GRACE_SECONDS = 45;
const LOG_TAIL_LINES = 5;

/** The services of one run: started in order, stopped in the reverse one. */
export class System {
  readonly metricsPort: number;
  readonly #plan: SystemPlan;
  readonly #broker: RunBroker;
  readonly #files: RunDirectory;
  readonly #ledger: Ledger;
  readonly #admin: Account;
  readonly #passwordFiles: Record<string, string>;
  #scaler: ServiceProcess | undefined;
  #publisher: ServiceProcess | undefined;
  #casualty: ServiceProcess | undefined;
  #stopping = false;

  constructor(plan: SystemPlan, broker: RunBroker, files: RunDirectory, ledger: Ledger, metricsPort: number) {
    this.#plan = plan;
    this.#broker = broker;
    this.#files = files;
    this.#ledger = ledger;
    this.metricsPort = metricsPort;
    this.#admin = { username: broker.username, passwordFile: files.secret('admin', broker.password) };
    this.#passwordFiles = broker.own
      ? Object.fromEntries(LEAST_PRIVILEGED.map((user) => [user, files.secret(user, newPassword())]))
      : {};
  }

  /** The service that ended although the run goes on, or ended badly. */
  get casualty(): ServiceProcess | undefined {
    return this.#casualty;
  }

  /** Declares the topology, then starts the scaler. @throws Error with the end of the log when a service fails. */
  async start(): Promise<void> {
    const topology = this.#service('topology', {
      MANAGEMENT_URL: this.#broker.managementUrl,
      MANAGEMENT_USERNAME: this.#admin.username,
      MANAGEMENT_PASSWORD_FILE: this.#admin.passwordFile,
      TOPOLOGY_FILE: this.#files.config('topology', this.#plan.topology(this.#vhost, this.#passwordFiles)),
    });
    const code = await topology.ended;
    if (code !== 0) throw new Error(this.failure('topology', code));
    this.#scaler = this.#service('scaler', {
      CONFIG_FILE: this.#files.config('scaler', this.#scalerConfig()),
      HTTP_PORT: String(this.metricsPort),
    });
    void this.#scaler.ended.then(() => this.#mourn(this.#scaler));
  }

  /** One publisher run. Resolves when it has ended, however it did. */
  async publish(runId: string, jobs: number): Promise<void> {
    this.#ledger.announce(runId, jobs);
    this.#publisher = this.#service('publisher', {
      ...this.#amqp('publisher'),
      RUN_ID: runId,
      JOBS: String(jobs),
      EXCHANGE: this.#plan.queue,
      ROUTING_KEY: this.#plan.queue,
    });
    const code = await this.#publisher.ended;
    if (code !== 0) this.#mourn(this.#publisher);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const service of [this.#publisher, this.#scaler])
      if (service !== undefined) await stopService(service, SCALER_GRACE_SECONDS);
  }

  /** What to tell when a service failed: its last lines say why. */
  failure(name: string, code: number | null): string {
    const tail = readFileSync(this.#files.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
    return [`${name} ended with ${code}; the end of ${this.#files.logFile}:`, ...tail].join('\n  ');
  }

  #mourn(service: ServiceProcess | undefined): void {
    if (!this.#stopping) this.#casualty ??= service;
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
    const { name, queue, policy, pollSeconds, workSeconds, stopDeadlineSeconds } = this.#plan;
    const env = {
      ...LOOPBACK,
      ...this.#amqp('consumer'),
      QUEUE: queue,
      EXCHANGE: queue,
      PARKING_ROUTING_KEY: `${queue}.parked`,
      WORK_SECONDS: String(workSeconds),
      STOP_DEADLINE_SECONDS: String(stopDeadlineSeconds),
    };
    return compileScalerConfig({
      pollSeconds,
      workloads: [
        {
          name,
          source: {
            kind: 'management',
            url: this.#broker.managementUrl,
            vhost: this.#vhost,
            queue,
            ...this.#account('scaler'),
          },
          target: {
            kind: 'process',
            command: serviceCommand('consumer'),
            env,
            graceSeconds: stopDeadlineSeconds + 5,
          },
          policy,
        },
      ],
    }).config;
  }

  #service(name: string, env: Record<string, string>): ServiceProcess {
    return startService(
      name,
      { ...LOOPBACK, ...env },
      {
        logFile: this.#files.logFile,
        onLine: (line) => this.#ledger.record(line as ServiceLine),
      },
    );
  }
}
