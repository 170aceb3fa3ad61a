import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup, spawnOwned } from '@sluice/runtime/processes';
import { patient } from '../lib/patience.ts';

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
