import { spawn } from 'node:child_process';
import { patient } from './patience.ts';

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
