import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnOwned } from '@sluice/runtime/processes';
import { until } from '../support/service-processes.ts';

/** Kernel ticks a second in /proc, a constant of Linux's interface. @see proc(5) */
const TICKS_PER_SECOND = 100;

/** A web server as a process of its own whose stdout is a file, as a container's is a pipe: the log is written. */
export class BenchServer {
  readonly #child: ChildProcess;
  readonly #directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  readonly #log = join(this.#directory, 'stdout');
  #port = 0;

  private constructor(main: string, env: Readonly<Record<string, string>>) {
    const stdout = openSync(this.#log, 'a');
    this.#child = spawnOwned([process.execPath, main], {
      env: { PATH: process.env.PATH, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env },
      stdout,
    });
    closeSync(stdout);
  }

  /** `main` says `listening` and its `port` in a JSON line. */
  static async start(main: string, env: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
    const server = new BenchServer(main, env);
    const listening = () =>
      readFileSync(server.#log, 'utf8')
        .split('\n')
        .find((line) => line.includes('"listening"'));
    await until(`${main} listens`, () => listening() !== undefined, 30);
    server.#port = JSON.parse(listening() ?? '').port;
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** User and system time so far. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** @returns how many lines it has written */
  async stop(): Promise<number> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    let lines = 0;
    for await (const _ of createInterface({ input: createReadStream(this.#log) })) lines += 1;
    rmSync(this.#directory, { recursive: true });
    return lines;
  }
}
