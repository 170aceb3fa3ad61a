import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { victoriaLogs } from '../../packages/testbed/tools.ts';
import { eventually } from './job-harness.ts';

/** A record as VictoriaLogs answers it: every field is text. */
export type LogRecord = Readonly<Record<string, string>>;

/** A real VictoriaLogs on loopback; its data outlives its process. The first call builds it. */
export class VictoriaLogs {
  readonly url: string;
  readonly folder: string;
  readonly #program: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(program: string, port: number, flags: readonly string[]) {
    this.#program = program;
    this.#flags = flags;
    this.url = `http://127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), 'victoria-logs-'));
  }

  /** @param flags beside its address and folder. @default a retention of 7 days, and a flush each second */
  static async start(
    flags: readonly string[] = ['-retentionPeriod=7d', '-inmemoryDataFlushInterval=1s'],
  ): Promise<VictoriaLogs> {
    const program = join(await ensureTool(victoriaLogs), 'victoria-logs');
    const store = new VictoriaLogs(program, await freePort(), flags);
    await store.restart();
    return store;
  }

  /** Starts it on the data that it had, and waits until it answers. */
  async restart(): Promise<void> {
    const { host } = new URL(this.url);
    const args = [`-httpListenAddr=${host}`, `-storageDataPath=${this.folder}`, ...this.#flags];
    this.#child = spawnOwned([this.#program, ...args], { stdout: 'ignore', stderr: 'ignore' });
    const ready = async () => (await fetch(`${this.url}/health`).catch(() => undefined))?.ok === true;
    await eventually('VictoriaLogs answers', ready, 30);
  }

  /** SIGKILL. */
  async kill9(): Promise<void> {
    await this.#end((child) => killGroup(child));
  }

  /** SIGTERM: it writes what it holds. */
  async stop(): Promise<void> {
    await this.#end((child) => child.kill('SIGTERM'));
  }

  async #end(signal: (child: ChildProcess) => void): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    signal(child);
    await ended;
  }

  /** Rows that it has acknowledged and not written to its disk: a kill loses them. */
  async unwrittenRows(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return text
      .split('\n')
      .filter((row) => /^vl_(pending_rows\{|storage_rows\{type="storage\/inmemory")/.test(row))
      .reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
  }

  /** What a query of LogsQL finds. @see https://docs.victoriametrics.com/victorialogs/logsql/ */
  async query(query: string): Promise<LogRecord[]> {
    const response = await fetch(`${this.url}/select/logsql/query`, {
      method: 'POST',
      body: new URLSearchParams({ query }),
      signal: AbortSignal.timeout(120_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${query}: ${response.status} ${text}`);
    return text
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => JSON.parse(row) as LogRecord);
  }
}
