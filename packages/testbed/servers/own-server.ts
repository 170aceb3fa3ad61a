import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { MongoClient } from 'mongodb';
import { ensureElasticsearch } from '../lib/elasticsearch.ts';
import { patient } from '../lib/patience.ts';
import { ensureTool } from '../lib/tools.ts';
import { ferretdb } from '../tools.ts';

// Servers of stores without a cluster, each a process with a folder and a port of its own: the class, and the two that
// the tests of transactions start by it.

/** How a server of a test is started. */
export interface OwnServerOptions {
  readonly name: string;
  /** Where its clients find it, on loopback. */
  readonly url: string;
  /** Its data, its log and its working directory; it ends with the server. */
  readonly directory: string;
  readonly command: readonly [string, ...string[]];
  readonly answers: () => Promise<boolean>;
  /** How long the first answer may take on a quiet machine, seconds. */
  readonly startSeconds: number;
}

/** A server of one's own: it is killed, started again on the same data, and removed. */
export class OwnServer {
  readonly #options: OwnServerOptions;
  #child: ChildProcess | undefined;

  private constructor(options: OwnServerOptions) {
    this.#options = options;
  }

  /** Resolves when it answers. @throws Error with the end of its log */
  static async start(options: OwnServerOptions): Promise<OwnServer> {
    const server = new OwnServer(options);
    await server.restart();
    return server;
  }

  get url(): string {
    return this.#options.url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Ends it with SIGKILL, as a machine that fails. */
  kill(): Promise<void> {
    return end(this.#child, 'SIGKILL');
  }

  /** Ends it with SIGTERM where it runs, and starts it on the same data and port. */
  async restart(): Promise<void> {
    const { name, directory, command, answers, startSeconds } = this.#options;
    await end(this.#child, 'SIGTERM');
    const log = join(directory, 'server.log');
    const output = openSync(log, 'a');
    this.#child = spawnOwned([...command], { stdout: output, stderr: output, cwd: directory });
    const deadline = Date.now() + patient(startSeconds) * 1000;
    while (!(await answers())) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${name} did not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
      await sleep(50);
    }
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#options.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Sends a signal, and SIGKILL to all of the group after 10 s; resolves when the process is gone. */
async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const escalation = setTimeout(() => killGroup(child), 10_000);
  await exited;
  clearTimeout(escalation);
}

/** Starts FerretDB, a server of MongoDB's protocol, on a free port with its own data. @throws Error with its log */
export async function startMongodb(): Promise<OwnServer> {
  const program = join(await ensureTool(ferretdb), 'ferretdb');
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mongodb-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `mongodb://${address}/`;
  return OwnServer.start({
    ...{ name: 'FerretDB', url, directory, startSeconds: 30 },
    command: [program, '-listen', address, '-dir', data],
    answers: () => answers(url),
  });
}

async function answers(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

const JAVA = ['-Xms256m', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** A node of a cluster of several: its name, and the ports by which nodes speak to each other. */
export interface ClusterNode {
  /** `first` makes the cluster; the others join it. */
  readonly name: string;
  readonly port: number;
  /** The port of `first`. */
  readonly first: number;
}

/**
 * Starts one node of Elasticsearch on a free port with its own data.
 * @param node Its place in a cluster. @default it is alone
 * @throws Error with the end of its log
 */
export async function startElasticsearch(node?: ClusterNode): Promise<OwnServer> {
  const place = node === undefined ? [] : ['127.0.0.1', node.name, String(node.port), String(node.first)];
  const classPath = await ensureElasticsearch();
  const directory = mkdtempSync(join(tmpdir(), 'sluice-elasticsearch-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const health = `${url}/_cluster/health?wait_for_status=yellow&timeout=1s`;
  return OwnServer.start({
    ...{ name: 'Elasticsearch', url, directory, startSeconds: 90 },
    command: ['java', ...JAVA, '-cp', classPath, 'EmbeddedElasticsearch', directory, String(port), ...place],
    answers: async () => (await fetch(health).catch(() => undefined))?.ok === true,
  });
}
