import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileScalerConfig } from '@sluice/policy';
import { request } from '@sluice/runtime';
import { applications } from '../../apps/main.ts';
import { systemIn } from '../../apps/rendering.ts';
import type { Environment } from '../../environments/environment.ts';
import { environments } from '../../environments/index.ts';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import { startMongodb } from '../../packages/testbed/servers/mongodb.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { OptionReader, parseOptions } from '../arguments.ts';
import { INTERRUPTED, interruption } from '../interruption.ts';
import { type Bundles, prepareBundles } from '../local/bundles.ts';
import { localEnvironment } from '../local-environment.ts';
import { type Gauges, parseGauges } from './metrics-targets.ts';
import {
  makeRunDirectory,
  repositoryRoot,
  type ServiceProcess,
  startService,
  stopService,
} from './processes.ts';
import { reconcile } from './transactions-books.ts';
import { TransactionLoad } from './transactions-load.ts';
import { plainScreen, type Screen, terminalScreen } from './view.ts';

const help = `usage: sluice up transactions [--transactions N] [--plain]     (npm start -- transactions)

Runs inject, process, journal, query and the scaler on Redis, MongoDB's protocol (FerretDB) and Elasticsearch on this
machine: transactions come by HTTP, each service goes from 0 to as many processes as its own queue asks for and back,
and a search shows what the index has. Redis is installed from Debian; FerretDB is built and Elasticsearch is brought
once, which takes some minutes and needs Go, and Java 17 from Debian.

  --transactions N  how many come; some of the requests twice     (5000)
  --plain           plain lines, also on a terminal

  npx sluice up transactions --transactions 1000

Exit code 0: accepted = in MongoDB = in the index, and the books balance.
`;

const SERVICES = ['inject', 'process', 'journal', 'query', 'scaler'];
const WORKERS = [TRANSACTION_QUEUES.process, TRANSACTION_QUEUES.journal] as const;
const LOOPBACK = { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };
const LOOK_MS = 500;
const LINE_EVERY_MS = 5000;
const GRACE_SECONDS = 20;
const STALLED_SECONDS = 300;
/** Seconds from an interruption to the end, whatever does not answer. */
const INTERRUPTED_SECONDS = 4.5;

/** The environment of a laptop, with the services of transactions. */
const environment: Environment = {
  ...localEnvironment('up', environments),
  redis: { volume: { size: '1Gi' }, fsync: 'always' },
  transactions: {
    mongodb: { volume: { size: '1Gi' } },
    elasticsearch: { volume: { size: '1Gi' } },
  },
};

/** `sluice up transactions`. @returns 0 nothing lost or doubled, 1 not, 130 interrupted */
export async function runTransactions(argv: string[]): Promise<number> {
  const { values } = parseOptions('up transactions', argv, {
    transactions: { type: 'string' },
    plain: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const reader = new OptionReader('up transactions');
  const total = reader.count('transactions', values.transactions, 5000);
  reader.check();
  const interrupted = interruption(INTERRUPTED_SECONDS * 1000);
  const screen =
    process.stdout.isTTY && !values.plain ? terminalScreen(process.stdout) : plainScreen(process.stdout);
  const run = new Run(screen, interrupted, total);
  try {
    return await run.whole();
  } catch (error) {
    if (!interrupted.aborted) throw error;
    return INTERRUPTED;
  } finally {
    await run.stop(interrupted.aborted ? 1 : GRACE_SECONDS);
    screen.close();
  }
}

type Line = Readonly<Record<string, unknown>>;

class Run {
  readonly #screen: Screen;
  readonly #signal: AbortSignal;
  readonly #total: number;
  readonly #files = makeRunDirectory();
  readonly #servers: OwnServer[] = [];
  readonly #services: ServiceProcess[] = [];
  readonly #startedAt = performance.now();
  readonly #most = new Map<string, number>();
  #bundles: Bundles | undefined;
  #stores: Readonly<Record<string, string>> = {};

  constructor(screen: Screen, signal: AbortSignal, total: number) {
    this.#screen = screen;
    this.#signal = signal;
    this.#total = total;
  }

  async whole(): Promise<number> {
    await this.#startStores();
    this.#bundles = await prepareBundles({
      ...{ root: repositoryRoot, services: SERVICES, signal: this.#signal },
    });
    const urlOf = (port: unknown): string => `http://127.0.0.1:${String(port)}`;
    const inject = urlOf(await this.#listening('inject', { DRAIN_DELAY_SECONDS: '0' }));
    const query = urlOf(await this.#listening('query', { DRAIN_DELAY_SECONDS: '0' }));
    const scaler = urlOf(await this.#listening('scaler', { CONFIG_FILE: this.#scalerFile() }));
    this.#screen.print(`write side ${inject}   read side ${query}   log ${this.#files.logFile}`);
    const load = new TransactionLoad(inject, this.#total);
    const sent = load.run(this.#signal);
    const drained = await this.#watch(load, `${scaler}/metrics`, sent);
    await sent;
    this.#screen.keep();
    const { balanced, lines } = await reconcile({
      ...{ load, query, stores: { ...LOOPBACK, ...this.#stores } },
      ...{ logFile: this.#files.logFile, signal: this.#signal },
    });
    for (const line of [...lines.slice(0, 2), this.#peaks(), ...lines.slice(2)]) this.#screen.print(line);
    return balanced && drained ? 0 : 1;
  }

  /** Ends the services, then the stores. */
  async stop(graceSeconds: number): Promise<void> {
    await Promise.all(this.#services.map((service) => stopService(service, graceSeconds)));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  async #startStores(): Promise<void> {
    this.#screen.print(
      'starting Redis, FerretDB and Elasticsearch (the first time they are built or brought)',
    );
    const bootstrap = join(repositoryRoot, 'scripts', 'bootstrap.mjs');
    const { status } = spawnSync(process.execPath, [bootstrap, 'redis'], { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error('Redis could not be installed: see above');
    for (const start of [startRedis, startMongodb, startElasticsearch]) {
      const server = await start();
      this.#servers.push(server);
      this.#signal.throwIfAborted();
    }
    const [redis, mongodb, elasticsearch] = this.#servers.map(({ url }) => url);
    this.#stores = {
      ...{ REDIS_URL: redis ?? '', REDIS_FSYNC: 'always', MONGODB_URL: mongodb ?? '' },
      ...{ ELASTICSEARCH_URL: elasticsearch ?? '', INDEX_REPLICAS: '0' },
    };
  }

  /** What the own scaler of a cluster is told, with processes in place of pods. */
  #scalerFile(): string {
    const { work } = systemIn(environment, applications);
    const workloads = WORKERS.map((name) => {
      const found = work.find((one) => one.name === name);
      if (found === undefined) throw new Error(`there is no workload '${name}'`);
      const source = {
        ...{ kind: 'redis' as const, url: this.#servers[0]?.url ?? '', prefix: TRANSACTION_QUEUES.prefix },
        queue: name,
      };
      const target = {
        ...{ kind: 'process' as const, command: this.#command(name), graceSeconds: GRACE_SECONDS },
        env: { ...LOOPBACK, ...this.#bundles?.env, ...this.#stores },
      };
      return { name: found.scaled, source, target, policy: found.policy };
    });
    const { config } = compileScalerConfig({ pollSeconds: 1, idlePollSeconds: 0.5, workloads });
    return this.#files.config('scaler', config);
  }

  #command(name: string) {
    const command = this.#bundles?.command(name);
    if (command === undefined) throw new Error('the services are not built yet');
    return command;
  }

  /** Starts a service. @returns the port that it listens on */
  #listening(name: string, env: Readonly<Record<string, string>>): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const service = startService(
      name,
      { ...LOOPBACK, ...this.#bundles?.env, ...this.#stores, ...env },
      {
        ...{ command: this.#command(name), logFile: this.#files.logFile },
        onLine: (line) => {
          const { msg, port, service: from } = line as Line;
          if (msg === 'listening' && from === name) resolve(port);
        },
      },
    );
    this.#services.push(service);
    void service.ended.then((code) =>
      reject(new Error(`${name} ended with ${code}: ${this.#files.logFile}`)),
    );
    return promise;
  }

  /** Shows both queues until they are empty and no process is left. @returns false: they did not become so */
  async #watch(load: TransactionLoad, metrics: string, sent: Promise<void>): Promise<boolean> {
    let [all, shownAt] = [false, 0];
    const deadline = performance.now() + STALLED_SECONDS * 1000;
    void sent.then(() => {
      all = true;
    });
    while (performance.now() < deadline || !all) {
      await sleep(LOOK_MS, undefined, { signal: this.#signal });
      const gauges = await this.#gauges(metrics);
      const lines = [this.#accepted(load), ...gauges.map(([name, one]) => gaugeLine(name, one))];
      if (!this.#screen.plain) this.#screen.draw(lines);
      else if (performance.now() - shownAt > LINE_EVERY_MS) {
        shownAt = performance.now();
        this.#screen.print(lines.join('   '));
      }
      const idle = gauges.every(([, one]) => one && one.ready + one.unacked + one.replicas === 0);
      if (all && idle && this.#most.size === WORKERS.length) return true;
    }
    return false;
  }

  #peaks(): string {
    return WORKERS.map((name) => `${name} 0 -> ${this.#most.get(name) ?? 0} -> 0 processes`).join('   ');
  }

  #accepted({ accepted, replayed, conflicts }: TransactionLoad): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    return `${seconds} s   accepted ${accepted} of ${this.#total}   repeated ${replayed}   refused ${conflicts}`;
  }

  async #gauges(url: string): Promise<[name: string, gauges: Gauges | undefined][]> {
    const { body } = await request({ url, timeoutMs: 2000, signal: this.#signal });
    const lines = body.toString().split('\n');
    return WORKERS.map((name) => {
      const gauges = parseGauges(lines.filter((line) => line.includes(`workload="${name}"`)).join('\n'));
      const replicas = Math.max(gauges?.replicas ?? 0, this.#most.get(name) ?? 0);
      if (replicas > 0) this.#most.set(name, replicas);
      return [name, gauges];
    });
  }
}

const gaugeLine = (name: string, gauges: Gauges | undefined): string =>
  gauges === undefined
    ? `${name}: no reading yet`
    : `${name}: ${gauges.ready} ready, ${gauges.unacked} in work, ${gauges.replicas} processes`;
