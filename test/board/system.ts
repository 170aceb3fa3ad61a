import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRegistry, serveHttp } from '@sluice/runtime';
import { freePort } from '@sluice/runtime/processes';
import { scalerMetrics } from '../../services/scaler/report/reporter.ts';

const root = join(import.meta.dirname, '..', '..');

/** A process that serves the board. */
export interface Served {
  /** The address of the overview. */
  readonly url: string;
  stop(): Promise<void>;
}

async function served(args: readonly string[], env: NodeJS.ProcessEnv, address: RegExp): Promise<Served> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const found = address.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    child.once('exit', () => reject(new Error(`ended: ${lines.slice(-5).join('\n')}`)));
  });
  return { url, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The system as `npm start` runs it, until it is stopped. @param env the broker that it borrows */
export const startSystem = (options: readonly string[], env: NodeJS.ProcessEnv): Promise<Served> =>
  served(['cli/main.ts', 'up', '--plain', ...options], env, /^board {2}(http:\S+)$/);

/** The board alone, open on loopback. @param program its sources, or its bundle */
export async function startBoard(
  env: NodeJS.ProcessEnv,
  program = 'services/board/main.ts',
): Promise<Served> {
  const port = await freePort();
  const own = {
    RATE_LIMIT_PER_MINUTE: '100000',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    AUTH: 'open',
    SCALER_URL: 'http://127.0.0.1:9/metrics',
  };
  const board = await served([program], { ...own, ...env }, /"port":(\d+),"msg":"listening"/);
  return { ...board, url: `http://127.0.0.1:${board.url}/` };
}

/** What a scaler exposes and says, without its queues: its own metrics server, and a file of lines. */
export async function startMetrics() {
  const registry = createRegistry('scaler');
  const metrics = scalerMetrics({ registry, mayAct: () => true, now: Date.now });
  const port = await freePort();
  const server = await serveHttp({ registry, host: '127.0.0.1', port });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-board-lines-'));
  const logFile = join(folder, 'run.log');
  writeFileSync(logFile, '');
  return {
    env: { SCALER_URL: `http://127.0.0.1:${port}/metrics`, LOG_FILE: logFile },
    /** One reading and decision of a workload. */
    decide: (workload: string, ready: number, message: string) => {
      const now = Date.now();
      const decision = { replicas: 3, reason: 'BacklogReachedMark', message } as const;
      const reading = { ready, unacked: 2, at: now };
      metrics.decided({
        workload,
        reading,
        current: 0,
        decision,
        now,
        oldestWait: { seconds: 4, source: 'broker' },
      });
      const line = { time: now, workload, current: 0, ...decision, msg: 'decision' };
      appendFileSync(logFile, `${JSON.stringify(line)}\n`);
    },
    say: (line: string) => appendFileSync(logFile, `${line}\n`),
    stop: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
