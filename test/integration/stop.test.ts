import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { freePort } from '@sluice/runtime/processes';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { eventually } from '../support/job-harness.ts';
import { Mark } from '../support/marked.ts';
import { freshVhost, type Vhost } from '../support/vhost.ts';

/** A run that would go on for a minute: so many jobs of 0.3 s. */
const BUSY = ['--plain', '--jobs', '6000', '--work', '300ms'];
/** With few consumers; most ends are the same for few as for many, and the start of many takes long. */
const FEW = 4;
const WITH_FEW = ['node', 'test/support/few-replicas.ts', `${FEW}`];
/** What is promised; a machine that is busy with something else gets as many times that. */
const PROMISED_SECONDS = 5;

const CONSUMER = /\/consumer\/main\.(ts|mjs)$/;
const SCALER = /\/scaler\/main\.(ts|mjs)$/;
const PUBLISHER = /\/publisher\/main\.(ts|mjs)$/;

// Most of it is the start of 25 consumers, which a machine that is busy with something else takes its time for.
vi.setConfig({ testTimeout: 180_000 });

class Run {
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

function start(options: readonly string[], env: NodeJS.ProcessEnv = {}, command?: readonly string[]): Run {
  const run = new Run(options, env, command);
  opened.push(async () => {
    for (const { pid } of run.mark.processes()) process.kill(pid, 'SIGKILL');
  });
  return run;
}

/** On the broker that the tests share. */
async function borrowed(): Promise<{ vhost: Vhost; env: NodeJS.ProcessEnv }> {
  const vhost = await freshVhost(inject('broker'));
  opened.unshift(vhost.remove);
  return { vhost, env: { AMQP_URL: vhost.amqpUrl, MANAGEMENT_URL: vhost.broker.managementUrl } };
}

/** Takes connections and never says a word. */
async function silentServer(): Promise<number> {
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

describe('a run on this machine, at work,', () => {
  it.each([
    ['SIGINT', 25, undefined],
    ['SIGHUP', FEW, WITH_FEW],
  ] as const)('ends by %s with %d consumers and leaves nothing', async (signal, consumers, command) => {
    const { env } = await borrowed();
    const run = start(BUSY, env, command);
    await run.runs(CONSUMER, consumers);
    // A busy machine may start it after them.
    await eventually('the board listens', async () => run.board !== '', 60);
    const board = run.board;
    await eventually('the board shows the run', async () =>
      (await (await fetch(`${board}queues/jobs`)).text()).includes(`of ${consumers}`),
    );
    // A browser that follows the run does not keep it from ending.
    const followed = await fetch(`${board}live?page=/`);
    expect(followed.headers.get('content-type')).toContain('text/event-stream');
    run.child.kill(signal);
    await run.endsWith(130);
    await followed.text().catch(() => {});
    await expect(fetch(board)).rejects.toThrow('fetch failed');
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('the run was interrupted');
  });

  it('says where the metrics of the scaler and of each replica are, ends by SIGTERM and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    const found = (form: RegExp): string => run.lines.map((line) => form.exec(line)?.[1]).find(Boolean) ?? '';
    const page = await fetch(found(/^metrics {2}scaler (http:\S+)/));
    expect(await page.text()).toContain('\nsluice_scaler_leader{component="scaler"} 1\n');

    // Its name in metrics, as in a cluster: that of its queue.
    const url = page.url;
    await eventually('the workload has its name', async () =>
      (await (await fetch(url)).text()).includes('sluice_scaler_desired_replicas{workload="jobs"'),
    );

    const file = found(/file_sd_configs: (\S+)$/);
    const replicas = (): readonly { targets: readonly string[] }[] =>
      (
        JSON.parse(readFileSync(file, 'utf8')) as { targets: string[]; labels: { namespace: string } }[]
      ).filter(({ labels }) => labels.namespace === 'consumer');
    await eventually('every replica is a target', async () => replicas().length === FEW, 60);
    const pages = await Promise.all(
      replicas().map(async ({ targets: [address] }) => (await fetch(`http://${address}/metrics`)).text()),
    );
    for (const text of pages) expect(text).toContain('\nconsumer_consuming');
    run.child.kill('SIGTERM');
    await run.endsWith(130);
    await run.leavesNothing();
  });

  it('ends when its output has no reader, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    await run.endsWith(130, 20);
    await run.leavesNothing();
    expect(run.lines.join('\n')).not.toMatch(/EPIPE|at .*\.ts:\d+/);
  });

  it('ends when its terminal is closed, and leaves nothing', async () => {
    const { env } = await borrowed();
    const live = [...WITH_FEW, ...BUSY.filter((option) => option !== '--plain')].join(' ');
    const run = start([], env, ['script', '-qfc', live, '/dev/null']);
    await run.runs(CONSUMER, FEW);
    run.child.kill('SIGKILL');
    await run.endsWith('SIGKILL');
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain(`of ${FEW}`);
  });

  it('ends with the npm that started it, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, ['npm', 'start', '--ignore-scripts', '--']);
    await run.runs(CONSUMER, FEW);
    run.child.kill('SIGKILL');
    await run.endsWith('SIGKILL');
    await run.leavesNothing();
  });

  it('ends with 1 when its scaler is killed, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    for (const pid of await run.runs(SCALER)) process.kill(pid, 'SIGKILL');
    await run.endsWith(1);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('scaler ended with 128');
  });

  it('goes on when a consumer is killed, to the last job', async () => {
    const { env } = await borrowed();
    const run = start(['--plain', '--jobs', '40', '--work', '500ms'], env, WITH_FEW);
    const [pid = 0] = await run.runs(CONSUMER, FEW);
    process.kill(pid, 'SIGKILL');
    await run.endsWith(0, 60);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('published 40 = confirmed 40 = processed 40   lost 0');
  });

  it('ends with 1 when its publisher is killed, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(['--plain', '--jobs', '400000', '--work', '3s'], env, WITH_FEW);
    for (const pid of await run.runs(PUBLISHER)) process.kill(pid, 'SIGKILL');
    await run.endsWith(1);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('publisher ended with 128');
  });
});

describe('a run that its broker refuses', () => {
  it('ends with 1 and what the broker said, and leaves nothing', async () => {
    const { env } = await borrowed();
    const wrong = new URL(env.AMQP_URL ?? '');
    wrong.password = 'wrong';
    const run = start(BUSY, { ...env, AMQP_URL: wrong.href });
    await run.ended;
    await run.endsWith(1);
    await run.leavesNothing();
    const said = run.lines.join('\n');
    expect(said).toContain('was refused with 401');
    expect(said).toContain('the run failed before every job was done');
    expect(said).not.toMatch(/^ +at |Node\.js v/m);
  });
});

describe('a run whose broker does not answer', () => {
  it('ends by Ctrl-C while the management API keeps silent', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, { ...env, MANAGEMENT_URL: `http://127.0.0.1:${await silentServer()}` });
    await run.runs(/\/topology\/main\.(ts|mjs)$/);
    run.child.kill('SIGINT');
    await run.endsWith(130);
    await run.leavesNothing();
  });
});

it('a run ends with 1 when its topology service is killed, and leaves nothing', async () => {
  const { env } = await borrowed();
  const run = start(BUSY, { ...env, MANAGEMENT_URL: `http://127.0.0.1:${await silentServer()}` });
  // Not the one that is run once to fill the compile cache of a new bundle.
  for (const pid of await run.runs(/\/[0-9a-f]{32}\/topology\/main\.mjs$/)) process.kill(pid, 'SIGKILL');
  await run.endsWith(1);
  await run.leavesNothing();
  expect(run.lines.join('\n')).toContain('topology ended with');
});

describe('a run with a broker of its own', () => {
  const beam = (run: Run) => run.mark.processes().filter(({ command }) => /beam/.test(command[0] ?? ''));

  it('ends by Ctrl-C while the broker is stopped', async () => {
    const run = start(BUSY, {}, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    for (const { pid } of beam(run)) process.kill(pid, 'SIGSTOP');
    run.child.kill('SIGINT');
    await run.endsWith(130);
    await run.leavesNothing();
  });

  it('ends with 1 when the broker is killed, and leaves nothing', async () => {
    const run = start(BUSY, {}, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    for (const { pid } of beam(run)) process.kill(pid, 'SIGKILL');
    await run.endsWith(1, 60);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('the broker ended');
  });

  it('takes broker, data, scaler and consumers along when it is killed itself', async () => {
    const run = start(BUSY, {}, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    expect(beam(run)).not.toEqual([]);
    expect(run.mark.files).not.toEqual([]);
    run.child.kill('SIGKILL');
    await run.endsWith('SIGKILL');
    await run.leavesNothing();
  });
});
