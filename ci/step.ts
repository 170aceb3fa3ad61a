/** One step of a run: a command, how long it took, and what it came to. */
import { spawn } from 'node:child_process';
import type { Count, FileOutcome } from './outcome.ts';

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

/** Runs a command whose output is this process' own. @returns its exit code; 1 where a signal ended it */
export function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

export const secondsSince = (began: number): number => (performance.now() - began) / 1000;

/** A command that passes or fails as a whole. */
export async function checkStep(
  name: string,
  command: readonly string[],
  budgetSeconds: number,
): Promise<Step> {
  const began = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const ok = (await runCommand(command)) === 0;
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
