import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { TestbedError } from '../cluster.ts';
import { patient } from './patience.ts';

// What every command of the testbed needs around its work: progress on stderr, folders that stay, one run at a time,
// and child processes.

/** Progress goes to stderr, so that stdout stays for what a command is asked for (a kubeconfig's path). */
export function say(text: string): void {
  process.stderr.write(`testbed: ${text}\n`);
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);

/** Says what begins, what is still under way every 30 s, and how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  say(`${what} ...`);
  const still = setInterval(() => say(`${what}: still at it after ${seconds(began)} s`), 30_000);
  try {
    const value = await work();
    say(`${what}: done in ${seconds(began)} s`);
    return value;
  } finally {
    clearInterval(still);
  }
}

/** Built tools and images: kept, keyed by version. Another name would make every machine build its tools again. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice', 'bed');

/** One folder a cluster: what runs, and what it runs on. */
export const stateDir = (name: string) =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'sluice', 'testbed', name);

/** Removes a provider's one file, and the cluster's folder if nothing else is in it. */
export function forget(name: string, file: string): void {
  rmSync(file, { force: true });
  const folder = stateDir(name);
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Holds an exclusive lock while `work` runs. flock(1) holds it and ends with our end of its stdin, so
 * the kernel frees the lock however this process ends: no stale lock exists.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.once('error', (cause) => reject(new TestbedError('flock (util-linux) is needed', { cause })));
    holder.once('exit', (code) => reject(new TestbedError(`flock ${file} ended with ${code}`)));
    holder.stdout.once('data', () => resolve());
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}

/** What a program printed, and its exit code. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run, and for how many seconds at most. */
export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Killed after this, on a quiet machine; later on a busy one. @default 120 */
  readonly seconds?: number;
  /** A non-zero exit rejects. @default true */
  readonly check?: boolean;
}

/** A program ended with another code than 0; the message ends with what it said. */
export class CommandError extends Error {
  readonly output: Output;

  constructor(command: readonly string[], output: Output) {
    const said = (output.stderr.trim() || output.stdout.trim()).slice(-2000);
    super(`'${command.join(' ').slice(0, 300)}' ended with ${output.code}: ${said}`);
    this.name = 'CommandError';
    this.output = output;
  }
}

/** Runs a program to its end. @throws CommandError on a non-zero exit (128 + n for signal n is reported as -1) */
export function run(command: readonly string[], options: RunOptions = {}): Promise<Output> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: patient(options.seconds ?? 120) * 1000,
      killSignal: 'SIGKILL',
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const output = { code: code ?? -1, ...text };
      if (output.code !== 0 && options.check !== false) reject(new CommandError(command, output));
      else resolve(output);
    });
    // A command that ends without reading its input is judged by its exit code alone.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** @returns whether the command exists and ends with 0 within ten seconds */
export async function answers(command: readonly string[]): Promise<boolean> {
  try {
    return (await run(command, { check: false, seconds: 10 })).code === 0;
  } catch {
    return false;
  }
}
