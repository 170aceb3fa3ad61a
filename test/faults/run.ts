/** A run of `npm start` in a process of its own, and what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { freePort } from '@sluice/runtime/processes';
import { afterEach, expect, inject, vi } from 'vitest';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { eventually } from '../support/job-harness.ts';
import { Mark } from '../support/marked.ts';
import { freshVhost, type Vhost } from '../support/vhost.ts';

/** A run that would go on for a minute: so many jobs of 0.3 s. */
export const BUSY = ['--plain', '--jobs', '6000', '--work', '300ms'];
/** With few consumers; most ends are the same for few as for many, and the start of many takes long. */
export const FEW = 4;
export const WITH_FEW = ['node', 'test/support/few-replicas.ts', `${FEW}`];
/** What is promised; a machine that is busy with something else gets as many times that. */
const PROMISED_SECONDS = 5;

export const CONSUMER = /\/consumer\/main\.(ts|mjs)$/;
export const SCALER = /\/scaler\/main\.(ts|mjs)$/;
export const PUBLISHER = /\/publisher\/main\.(ts|mjs)$/;

// Most of it is the start of 25 consumers, which a machine that is busy with something else takes its time for.
vi.setConfig({ testTimeout: 180_000 });

export class Run {
  readonly mark = new Mark();
  readonly lines: string[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;

  constructor(
    options: readonly string[],
    env: NodeJS.ProcessEnv = {},
    command: readonly string[] = ['node', 'cli/main.ts', 'up'],
  ) {
    const [program = '', ...args] = command;
    const own = { ...this.mark.env, AMQP_URL: undefined, MANAGEMENT_URL: undefined, ...env };
    // A process group of its own: what a test sends reaches this process alone.
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    this.child = spawn(program, [...args, ...options], {
      cwd: repositoryRoot,
      env: own,
      detached: true,
      stdio: [...stdio],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    this.ended = once(this.child, 'exit').then(([code, signal]) => code ?? signal);
  }

  /** The address of the board, as it was printed. */
  get board(): string {
    return this.lines.map((line) => /^board {2}(http:\S+)$/.exec(line)?.[1]).find(Boolean) ?? '';
  }

  async runs(program: RegExp, count = 1): Promise<number[]> {
    const enough = async () => this.mark.nodes(program).length >= count;
    await eventually(`${count} of ${program}: ${this.lines.slice(-5).join('\n')}`, enough, 90, 200);
    return this.mark.nodes(program);
  }

  /** Within so many seconds from now. */
  async endsWith(code: number | string, seconds = patient(PROMISED_SECONDS)): Promise<void> {
    const since = performance.now();
    expect([await this.ended, this.lines.at(-1)]).toEqual([code, expect.anything()]);
    expect((performance.now() - since) / 1000).toBeLessThan(seconds);
  }

  async leavesNothing(): Promise<void> {
    await eventually('no process is left', async () => this.mark.processes().length === 0, 10, 100).catch(
      () => {},
    );
    expect(this.mark.processes()).toEqual([]);
    await eventually('no file is left', async () => this.mark.files.length === 0, 10).catch(() => {});
    expect(this.mark.files).toEqual([]);
  }
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

export function start(
  options: readonly string[],
  env: NodeJS.ProcessEnv = {},
  command?: readonly string[],
): Run {
  const run = new Run(options, env, command);
  opened.push(async () => {
    for (const { pid } of run.mark.processes()) process.kill(pid, 'SIGKILL');
  });
  return run;
}

/** On the broker that the tests share. */
export async function borrowed(): Promise<{ vhost: Vhost; env: NodeJS.ProcessEnv }> {
  const vhost = await freshVhost(inject('broker'));
  opened.unshift(vhost.remove);
  return { vhost, env: { AMQP_URL: vhost.amqpUrl, MANAGEMENT_URL: vhost.broker.managementUrl } };
}

/** Takes connections and never says a word. */
export async function silentServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const port = await freePort();
  const server: Server = createServer((socket) => sockets.add(socket)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  opened.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}
