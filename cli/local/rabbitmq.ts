import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { request } from '@sluice/runtime';
import { type Afterwards, afterwards, freePorts, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { accepting, opensAmqp, untilAccepting } from './listening.ts';
import { brokerEnvironment } from './rabbitmq-environment.ts';

const binaries = '/usr/lib/rabbitmq/bin';
const REQUEST_TIMEOUT_MS = 2000;
const EVALUATION_TIMEOUT_MS = 60_000;
/** Again, as long as a server in its last moment still writes there. */
const REMOVE = 'for try in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" && exit; sleep 0.2; done';

/** Where a RabbitMQ of this machine listens and what it writes. */
export interface RabbitMQOptions {
  /** Holds all of the broker's files and is removed by `stop`. @default a new one below the system's temporary directory */
  readonly directory?: string;
  /** How often queue counts in the management API are refreshed, milliseconds. @default 1000 */
  readonly collectStatisticsMs?: number;
  /** Further lines of rabbitmq.conf. @default none */
  readonly configuration?: readonly string[];
  /** It listens by TLS alone. @default in clear text alone */
  readonly tls?: BrokerTlsOptions;
  /** How long a start may take, milliseconds. @default 60000 */
  readonly startDeadlineMs?: number;
  /** Ends a start. */
  readonly signal?: AbortSignal;
}

/** The ports of a broker's clients. */
export type ClientPorts = Pick<Ports, 'amqp' | 'management' | 'metrics'>;

/** The certificate of a broker of this machine. */
export interface BrokerTlsOptions {
  /** The lines of rabbitmq.conf that say where it listens, with certificates of the name localhost. */
  readonly listeners: (ports: ClientPorts) => readonly string[];
  /** File (PEM) of the authorities that verify it, while it starts. */
  readonly authoritiesFile: string;
}

/** A RabbitMQ of our own on loopback, with an administrator that no other broker has. */
export interface LocalBroker {
  /** With the administrator's credentials, virtual host `/`. */
  readonly amqpUrl: string;
  /** Without credentials and without a trailing slash. */
  readonly managementUrl: string;
  /** The Prometheus plugin's base: `/metrics`, `/metrics/per-object`, `/metrics/detailed`. */
  readonly metricsUrl: string;
  readonly username: string;
  readonly password: string;
  /** The pid of the running broker; changes with `restart`. */
  readonly pid: number;
  /** False when it has ended, for whatever reason. */
  readonly running: boolean;
  /**
   * Evaluates an Erlang expression in this broker, without its final dot. `rabbitmqctl` starts a virtual machine for
   * each command, which takes some seconds of a core.
   * @returns its value, as Erlang writes it. @throws Error with what Erlang says of an expression that fails
   * @see https://www.erlang.org/doc/apps/erl_interface/erl_call_cmd.html
   */
  evaluate(expression: string): Promise<string>;
  /** SIGKILL, as a node failure: nothing is flushed. Resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again on its data and ports, after `kill9` or after a graceful stop that it does itself. */
  restart(): Promise<void>;
  /** Ends the broker and removes its data. Safe to call twice. */
  stop(): Promise<void>;
}

interface Ports {
  readonly amqp: number;
  readonly management: number;
  readonly metrics: number;
  readonly distribution: number;
  readonly epmd: number;
}

/** What the broker logs where another process took a port between its choice and its use. */
const PORT_TAKEN = /dist_port_already_used|eaddrinuse/;

/** What Erlang's logger ends a broker with whose machine was too busy to open a log file within 5 s. */
const LOGGER_LATE = /file_ctrl_process_not_started/;
const MOST_STARTS = 3;

/**
 * Starts Debian's RabbitMQ on free loopback ports with its own data, node name and port mapper. All of it ends
 * with this process, however that ends.
 * @param tries Each with other ports, where one was taken meanwhile.
 * @throws Error with the end of the broker's log when it does not come up in time
 */
export async function startRabbitMQ(options: RabbitMQOptions = {}, tries = 3): Promise<LocalBroker> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-rabbitmq-')));
  const password = randomBytes(24).toString('hex');
  const ports = await choosePorts();
  await mkdir(directory, { recursive: true });
  await writeConfiguration(directory, ports, password, options);
  const environment = await brokerEnvironment(directory, ports);
  const broker = new RabbitMQ(directory, ports, password, environment, options);
  try {
    await broker.restart(options.signal);
  } catch (error) {
    await broker.stop();
    if (tries > 1 && PORT_TAKEN.test(String(error))) return startRabbitMQ(options, tries - 1);
    throw error;
  }
  return broker;
}

class RabbitMQ implements LocalBroker {
  readonly username = 'sluice';
  readonly password: string;
  readonly amqpUrl: string;
  readonly managementUrl: string;
  readonly metricsUrl: string;
  readonly #directory: string;
  readonly #ports: Ports;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #startDeadlineMs: number;
  readonly #tls: BrokerTlsOptions | undefined;
  readonly #removal: Afterwards;
  #mapper: ChildProcess | undefined;
  #server: ChildProcess | undefined;

  constructor(
    directory: string,
    ports: Ports,
    password: string,
    environment: NodeJS.ProcessEnv,
    { startDeadlineMs = 60_000, tls }: RabbitMQOptions,
  ) {
    this.#directory = directory;
    this.#ports = ports;
    this.#environment = environment;
    this.#startDeadlineMs = startDeadlineMs;
    this.#tls = tls;
    this.password = password;
    this.#removal = afterwards(['/bin/sh', '-c', REMOVE, 'sh', directory]);
    const [s, host] = tls === undefined ? ['', '127.0.0.1'] : ['s', 'localhost'];
    this.amqpUrl = `amqp${s}://${this.username}:${password}@${host}:${ports.amqp}/%2f`;
    this.managementUrl = `http${s}://${host}:${ports.management}`;
    this.metricsUrl = `http${s}://${host}:${ports.metrics}`;
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  get running(): boolean {
    return alive(this.#server);
  }

  async evaluate(expression: string): Promise<string> {
    const { RABBITMQ_NODENAME: name = '' } = this.#environment;
    const options = { env: this.#environment, timeout: EVALUATION_TIMEOUT_MS };
    const evaluated = promisify(execFile)('erl_call', ['-sname', name, '-e'], options);
    evaluated.child.stdin?.end(`${expression}.\n`);
    const { stdout } = await evaluated;
    const [, value] = /^\{ok, (.*)\}$/s.exec(stdout.trim()) ?? [];
    if (value === undefined) throw new Error(`the broker does not evaluate ${expression}: ${stdout}`);
    return value;
  }

  async kill9(): Promise<void> {
    await end(this.#server, 'SIGKILL');
  }

  async restart(signal?: AbortSignal): Promise<void> {
    await end(this.#server, 'SIGTERM');
    signal?.throwIfAborted();
    if (!alive(this.#mapper)) this.#mapper = this.#spawn('epmd', ['-port', String(this.#ports.epmd)]);
    await untilAccepting(this.#ports.epmd, this.#deadline());
    await this.#start(MOST_STARTS, signal);
  }

  async #start(tries: number, signal?: AbortSignal): Promise<void> {
    this.#server = this.#spawn(join(binaries, 'rabbitmq-server'), []);
    try {
      await this.#untilReady(signal);
    } catch (error) {
      if (tries === 1 || alive(this.#server) || !LOGGER_LATE.test(String(error))) throw error;
      await this.#start(tries - 1, signal);
    }
  }

  async stop(): Promise<void> {
    // Nothing of the data outlives this call, so a graceful end would only cost time.
    await end(this.#server, 'SIGKILL');
    await end(this.#mapper, 'SIGKILL');
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
    this.#removal.cancel();
  }

  #deadline = (): number => Date.now() + this.#startDeadlineMs;

  #spawn(command: string, args: string[]): ChildProcess {
    const log = openSync(join(this.#directory, 'broker.log'), 'a', 0o600);
    const options = { cwd: this.#directory, env: this.#environment, stdout: log, stderr: log };
    const child = spawnOwned([command, ...args], options);
    child.on('error', () => {});
    closeSync(log);
    return child;
  }

  async #untilReady(signal?: AbortSignal): Promise<void> {
    const deadline = this.#deadline();
    const overview = {
      url: `${this.managementUrl}/api/overview`,
      credentials: { username: this.username, password: this.password },
      timeoutMs: REQUEST_TIMEOUT_MS,
      authoritiesFile: this.#tls?.authoritiesFile,
    };
    const opens = this.#tls === undefined ? opensAmqp : accepting;
    const answers = async () => (await request(overview).catch(() => undefined))?.status === 200;
    while (
      // A connection that is refused costs the least: for most of a start nothing listens.
      !((await accepting(this.#ports.metrics)) && (await opens(this.#ports.amqp)) && (await answers()))
    ) {
      signal?.throwIfAborted();
      if (!alive(this.#server) || Date.now() > deadline)
        throw new Error(`RabbitMQ did not start; its log ends with:\n${this.#logTail()}`);
      await sleep(50);
    }
  }

  #logTail(): string {
    return readFileSync(join(this.#directory, 'broker.log'), 'utf8').split('\n').slice(-20).join('\n');
  }
}

async function writeConfiguration(
  directory: string,
  ports: Ports,
  password: string,
  { collectStatisticsMs = 1000, configuration: further = [], tls }: RabbitMQOptions,
): Promise<void> {
  const configuration = [
    ...(tls?.listeners(ports) ?? listenersInClearText(ports)),
    'default_user = sluice',
    `default_pass = ${password}`,
    // The default, 50 MB, would block publishers on a machine whose disk is nearly full.
    'disk_free_limit.absolute = 1MB',
    `collect_statistics_interval = ${collectStatisticsMs}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    ...further,
    '',
  ].join('\n');
  const write = (name: string, text: string) => writeFile(join(directory, name), text, { mode: 0o600 });
  await write('rabbitmq.conf', configuration);
  await write('enabled_plugins', '[rabbitmq_management,rabbitmq_prometheus].\n');
  await write('environment.conf', '');
}

const listenersInClearText = ({ amqp, management, metrics }: ClientPorts): readonly string[] => [
  `listeners.tcp.1 = 127.0.0.1:${amqp}`,
  ...['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${management}`],
  ...['prometheus.tcp.ip = 127.0.0.1', `prometheus.tcp.port = ${metrics}`],
];

const alive = (child: ChildProcess | undefined): child is ChildProcess =>
  child?.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** Sends the signal, escalates after 10 s, and takes what is left of its process group with it. */
async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!alive(child) || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const escalation = setTimeout(() => killGroup(child), 10_000);
  await exited;
  clearTimeout(escalation);
  killGroup(child);
}

async function choosePorts(): Promise<Ports> {
  const [amqp = 0, management = 0, metrics = 0, distribution = 0, epmd = 0] = await freePorts(5);
  return { amqp, management, metrics, distribution, epmd };
}
