import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, spawnOwned } from '@sluice/runtime/processes';
import { ensureElasticsearch } from '../../packages/testbed/lib/elasticsearch.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import type { StoreServer } from './mongodb.ts';
import { end } from './redis.ts';

const JAVA = ['-Xms256m', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Starts one node of Elasticsearch on a free port with its own data. @throws Error with the end of its log */
export async function startElasticsearch(): Promise<StoreServer> {
  const classPath = await ensureElasticsearch();
  const directory = mkdtempSync(join(tmpdir(), 'sluice-elasticsearch-'));
  const server = new Server(directory, await freePort(), classPath);
  await server.restart();
  return server;
}

class Server implements StoreServer {
  readonly url: string;
  readonly #directory: string;
  readonly #port: number;
  readonly #classPath: string;
  #child: ChildProcess | undefined;

  constructor(directory: string, port: number, classPath: string) {
    this.#directory = directory;
    this.#port = port;
    this.#classPath = classPath;
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  kill = (): Promise<void> => end(this.#child, 'SIGKILL');

  async restart(): Promise<void> {
    await end(this.#child, 'SIGTERM');
    const log = openSync(join(this.#directory, 'server.log'), 'a');
    const main = ['-cp', this.#classPath, 'EmbeddedElasticsearch', this.#directory, String(this.#port)];
    this.#child = spawnOwned(['java', ...JAVA, ...main], { stdout: log, stderr: log, cwd: this.#directory });
    const health = `${this.url}/_cluster/health?wait_for_status=yellow&timeout=1s`;
    const deadline = Date.now() + patient(90) * 1000;
    while ((await fetch(health).catch(() => undefined))?.ok !== true) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(
          `Elasticsearch did not start: ${readFileSync(join(this.#directory, 'server.log'), 'utf8').slice(-2000)}`,
        );
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
