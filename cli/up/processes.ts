import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Command, killGroup, spawnOwned } from '@sluice/runtime/processes';

/** One service of this repository as a process of this machine. */
export interface ServiceProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves to the exit code when it has ended; a signal counts as 128. */
  readonly ended: Promise<number>;
}

/** How a service is started, and who reads its log. */
export interface ServiceOptions {
  readonly logFile: string;
  readonly onLine: (line: unknown) => void;
  /** @default the service's sources, run as they are */
  readonly command?: Command;
}

/** The root of this repository. */
export const repositoryRoot = join(import.meta.dirname, '..', '..');

/** The command that runs a service from its sources. */
export const serviceCommand = (name: string): Command => [
  process.execPath,
  join(repositoryRoot, 'services', name, 'main.ts'),
];

/**
 * Starts a service; its JSON lines go to `onLine`, everything it prints to the run's log file.
 * It leads a process group of its own, so that Ctrl-C reaches it only through `stop`; it never outlives this
 * process.
 */
export function startService(
  name: string,
  env: Readonly<Record<string, string>>,
  { logFile, onLine, command = serviceCommand(name) }: ServiceOptions,
): ServiceProcess {
  const child = spawnOwned(command, {
    cwd: repositoryRoot,
    env: { ...inherited(process.env), ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null)
      createInterface({ input: stream }).on('line', (text) => {
        appendFileSync(logFile, `${text}\n`);
        const line = parseLine(text);
        if (line !== undefined) onLine(line);
      });
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 128));
  });
  return { name, child, ended };
}

/** What programs of this machine need to find themselves: nothing that a container would not have in another way. */
const inherited = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) =>
      env[name] === undefined ? [] : [[name, env[name]]],
    ),
  );

/** Anything that is not a JSON object with a `msg` is stray output: logged, not parsed. */
function parseLine(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'msg' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

/** SIGTERM, then SIGKILL to its whole group when the grace is over. */
export async function stopService({ child, ended }: ServiceProcess, graceSeconds: number): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return ended;
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), graceSeconds * 1000);
  const code = await ended;
  clearTimeout(timer);
  return code;
}

/** The files of one run on this machine: what a cluster keeps in ConfigMaps, Secrets and pod logs. */
export interface RunDirectory {
  readonly logFile: string;
  /** Where Prometheus finds what to scrape; whoever serves metrics writes it. */
  readonly metricsFile: string;
  /** Writes a JSON document; @returns its path. */
  config(name: string, data: unknown): string;
  /** Writes a secret only its owner may read; @returns its path. */
  secret(name: string, value: string): string;
}

const RUNS = join(repositoryRoot, '.sluice', 'runs');

/**
 * Makes `.sluice/runs/PID` for this process. Those of runs that have ended are removed: a log stays until the next
 * run, and a run beside this one keeps its files, among them passwords that it reads at each connection.
 */
export function makeRunDirectory(runs = RUNS): RunDirectory {
  const directory = join(runs, String(process.pid));
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(runs))
    if (name === String(process.pid) || !runsStill(Number(name)))
      rmSync(join(runs, name), { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    logFile: write('run.log', ''),
    metricsFile: join(directory, 'metrics.json'),
    config: (name, data) => write(`${name}.json`, `${JSON.stringify(data, null, 2)}\n`),
    secret: (name, value) => write(`${name}.secret`, value),
  };
}

function runsStill(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A random password of 32 characters, safe in a URL. */
export const newPassword = (): string => randomBytes(24).toString('base64url');
