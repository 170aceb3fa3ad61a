/** One step of a run: a command, how long it took, and what it came to. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { spawnOwned } from '@sluice/runtime/processes';
import type { Count, FileOutcome } from './outcome.ts';

/** One step of the pipeline, as it ended. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  /** What it should take on two cores; more is worth a warning, for machines are noisy. */
  readonly budgetSeconds: number;
  readonly count: Count;
  /** Names of what failed; of tests, those that failed twice. */
  readonly failures: readonly string[];
  /** Names of tests that failed, and passed when their file was run once more alone. */
  readonly flaky: readonly string[];
  readonly files: readonly FileOutcome[];
}

/** Beside others a command has no terminal of its own: whole lines of both are written. */
export type Company = 'alone' | 'beside others';

/** Writes whole lines, as they come. */
function forward(from: Readable): void {
  let line = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) process.stdout.write(line + text.slice(0, end));
    line = end > 0 ? text.slice(end) : line + text;
  });
  from.on('close', () => process.stdout.write(line));
}

/** What a command has left behind may hold its output open: it is not waited for. */
async function exitOf(child: ChildProcess): Promise<number> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  for (const stream of streams) forward(stream);
  const [code] = (await once(child, 'exit')) as [number | null];
  for (const stream of streams) setTimeout(() => stream.destroy(), 1000).unref();
  return code ?? 1;
}

/**
 * Runs a command, which ends with this process, with all that it has started in its group.
 * @returns its exit code; 1 where a signal ended it, 126 or 127 where it cannot be started
 */
export function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  company: Company = 'alone',
): Promise<number> {
  const [program = '', ...args] = command;
  const output = company === 'alone' ? 'inherit' : 'pipe';
  const options = { stdout: output, stderr: output, env: { ...process.env, ...env } } as const;
  return exitOf(spawnOwned([program, ...args], options));
}

/** Seconds since an instant of performance.now(). */
export const secondsSince = (began: number): number => (performance.now() - began) / 1000;

/** A command that passes or fails as a whole. */
export async function checkStep(
  name: string,
  command: readonly string[],
  budgetSeconds: number,
  company: Company = 'alone',
): Promise<Step> {
  const began = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const ok = (await runCommand(command, {}, company)) === 0;
  return {
    name,
    seconds: secondsSince(began),
    budgetSeconds,
    count: { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 },
    failures: ok ? [] : [name],
    flaky: [],
    files: [],
  };
}
