import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { eventually } from './job-harness.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'services', 'log-gate', 'main.ts');

/** The gate as a process, on loopback and from its source, before a log store. */
export class LogGate {
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(store: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = { STORE_URL: store, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), LOG_LEVEL: 'fatal' };
  }

  static async start(store: string): Promise<LogGate> {
    const gate = new LogGate(store, await freePort());
    await gate.restart();
    return gate;
  }

  /** Starts it again on its port, and waits until it answers. */
  async restart(): Promise<void> {
    const env = { ...process.env, ...this.#env };
    this.#child = spawnOwned([process.execPath, MAIN], { env, stdout: 'ignore', stderr: 'inherit' });
    const ready = async () => (await fetch(`${this.url}/readyz`).catch(() => undefined))?.ok === true;
    await eventually('the gate answers', ready, 60);
  }

  /** SIGKILL. */
  async kill9(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    killGroup(child);
    await ended;
  }

  /** Pushes that ended so, since it started. */
  async pushes(outcome: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const row = text
      .split('\n')
      .find((one) => one.startsWith('log_gate_pushes_total{') && one.includes(`outcome="${outcome}"`));
    return Number(row?.split(' ').at(-1) ?? 0);
  }
}
