/** A step of tests: a run of vitest, and what failed in it once more, file by file, alone. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countOf, type FileOutcome, failuresOf, type RunOutcome } from './outcome.ts';
import { runCommand, type Step, secondsSince } from './step.ts';

const REPORTER = join(import.meta.dirname, 'reporter.ts');

/** More than this many files at fault are no flakiness: to run them again would only take time. */
const MOST_RERUNS = 5;

/** Runs vitest. A run that ends badly without saying why, or says nothing at all, is a fault of its own. */
export async function runTests(command: readonly string[], files: readonly string[]): Promise<RunOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ci-'));
  const file = join(folder, 'outcome.json');
  try {
    const reporters = ['--reporter=default', `--reporter=${REPORTER}`];
    const code = await runCommand([...command, ...reporters, ...files], { CI_OUTCOME: file });
    return judged(read(file), code, command);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file: string): RunOutcome {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunOutcome;
  } catch {
    return { files: [], errors: [] };
  }
}

function judged(outcome: RunOutcome, code: number, command: readonly string[]): RunOutcome {
  const silent = outcome.files.length === 0 || (code !== 0 && countOf(outcome).failed === 0);
  if (!silent) return outcome;
  return {
    ...outcome,
    errors: [...outcome.errors, `'${command.join(' ')}' ended with ${code} and named no test`],
  };
}

export interface Rerun {
  readonly files: readonly FileOutcome[];
  readonly failures: readonly string[];
  readonly flaky: readonly string[];
}

/**
 * Runs every file at fault once more alone. What passes then is flaky, and counts as passed.
 * @param again runs one file
 */
export async function rerunFailed(
  first: RunOutcome,
  again: (file: string) => Promise<RunOutcome>,
  most = MOST_RERUNS,
): Promise<Rerun> {
  const atFault = first.files.filter((one) => failuresOf(one).length > 0);
  if (atFault.length > most) return { files: first.files, failures: atFault.flatMap(failuresOf), flaky: [] };
  const second = new Map<string, FileOutcome>();
  const flaky: string[] = [];
  for (const one of atFault) {
    process.stdout.write(`\n== once more, alone: ${one.file}\n`);
    const { files, errors } = await again(one.file);
    const outcome = files.find(({ file }) => file === one.file);
    const now = outcome && { ...outcome, errors: [...outcome.errors, ...errors] };
    second.set(one.file, now ?? one);
    const still = failuresOf(now ?? one);
    flaky.push(...failuresOf(one).filter((name) => !still.includes(name) && !still.includes(one.file)));
  }
  const files = first.files.map((one) => second.get(one.file) ?? one);
  return { files, failures: files.flatMap(failuresOf), flaky };
}

/** @param command vitest with its configuration; the files come after it */
export async function testStep(
  name: string,
  command: readonly string[],
  files: readonly string[],
  budgetSeconds: number,
): Promise<Step> {
  const began = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const first = await runTests(command, files);
  const rerun = await rerunFailed(first, (file) => runTests(command, [file]));
  const outcome = { files: rerun.files, errors: first.errors };
  return {
    name,
    seconds: secondsSince(began),
    budgetSeconds,
    count: countOf(outcome),
    failures: [...rerun.failures, ...first.errors],
    flaky: rerun.flaky,
    files: first.files,
  };
}
