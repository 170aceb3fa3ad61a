import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, spawnOwned } from '@sluice/runtime/processes';
import { MongoClient } from 'mongodb';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { ferretdb } from '../../packages/testbed/tools.ts';
import { end } from './redis.ts';

/** A store of one's own on loopback. */
export interface StoreServer {
  readonly url: string;
  readonly pid: number;
  /** Ends it with SIGKILL, as a machine that fails. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM where it runs, and starts it on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts FerretDB, a server of MongoDB's protocol, on a free port with its own data. @throws Error with its log */
export async function startMongodb(): Promise<StoreServer> {
  const program = join(await ensureTool(ferretdb), 'ferretdb');
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mongodb-'));
  mkdirSync(join(directory, 'data'));
  const server = new Server(directory, await freePort(), program);
  await server.restart();
  return server;
}

class Server implements StoreServer {
  readonly url: string;
  readonly #directory: string;
  readonly #port: number;
  readonly #program: string;
  #child: ChildProcess | undefined;

  constructor(directory: string, port: number, program: string) {
    this.#directory = directory;
    this.#port = port;
    this.#program = program;
    this.url = `mongodb://127.0.0.1:${port}/`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  kill = (): Promise<void> => end(this.#child, 'SIGKILL');

  async restart(): Promise<void> {
    await end(this.#child, 'SIGTERM');
    const log = openSync(join(this.#directory, 'server.log'), 'a');
    const options = ['-listen', `127.0.0.1:${this.#port}`, '-dir', join(this.#directory, 'data')];
    this.#child = spawnOwned([this.#program, ...options], { stdout: log, stderr: log, cwd: this.#directory });
    const deadline = Date.now() + patient(30) * 1000;
    while (!(await answers(this.url))) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(
          `FerretDB did not start: ${readFileSync(join(this.#directory, 'server.log'), 'utf8').slice(-2000)}`,
        );
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
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
