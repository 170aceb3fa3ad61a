/** A step of tests: a run of vitest, and what failed in it once more, file by file, alone. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countOf, type FileOutcome, failuresOf, type RunOutcome } from './outcome.ts';
import { type Company, runCommand, type Step, secondsSince } from './step.ts';

const REPORTER = join(import.meta.dirname, 'reporter.ts');

/** More than this many files at fault are no flakiness: to run them again would only take time. */
const MOST_RERUNS = 5;

/**
 * Runs vitest. A run that ends badly without saying why, or says nothing at all, is a fault of its own.
 * @param lastBegin milliseconds since 1970, after which no other file begins where the configuration has ci/runner.ts
 */
export async function runTests(
  command: readonly string[],
  files: readonly string[],
  company: Company = 'alone',
  lastBegin = Number.POSITIVE_INFINITY,
): Promise<RunOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ci-'));
  const file = join(folder, 'outcome.json');
  try {
    const env = { CI_OUTCOME: file, CI_LAST_BEGIN: String(lastBegin) };
    const reporters = ['--reporter=default', `--reporter=${REPORTER}`];
    const code = await runCommand([...command, ...reporters, ...files], env, company);
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

/** Failed files after they were run once more, alone. */
export interface Rerun {
  readonly files: readonly FileOutcome[];
  readonly failures: readonly string[];
  readonly flaky: readonly string[];
}

/**
 * Runs every file at fault once more alone. What passes then is flaky, and counts as passed.
 * @param mayBegin asked before each file; one that is not run again has failed
 * @param again runs one file
 */
export async function rerunFailed(
  first: RunOutcome,
  mayBegin: () => boolean,
  again: (file: string) => Promise<RunOutcome>,
  most = MOST_RERUNS,
): Promise<Rerun> {
  const atFault = first.files.filter((one) => failuresOf(one).length > 0);
  if (atFault.length > most) return { files: first.files, failures: atFault.flatMap(failuresOf), flaky: [] };
  const second = new Map<string, FileOutcome>();
  const flaky: string[] = [];
  for (const one of atFault) {
    if (!mayBegin()) {
      process.stdout.write(`\n== not once more, for the time is over: ${one.file}\n`);
      continue;
    }
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

/** A run of vitest that is to be made. */
export interface TestPart {
  readonly name: string;
  /** Vitest with its configuration; the files come after it. */
  readonly command: readonly string[];
  /** Below the root; none for all that the command finds. */
  readonly files: readonly string[];
  readonly budgetSeconds: number;
  /** Milliseconds since 1970, after which no other file begins. @default none */
  readonly lastBegin?: number;
}

/** A run that was made once. */
export interface Tried extends TestPart {
  readonly seconds: number;
  readonly first: RunOutcome;
}

/** Runs files of tests once, and keeps what failed for a second run. */
export async function tryTests(part: TestPart, company: Company = 'alone'): Promise<Tried> {
  const began = performance.now();
  process.stdout.write(`\n== ${part.name}\n`);
  const first = await runTests(part.command, part.files, company, part.lastBegin);
  return { ...part, first, seconds: secondsSince(began) };
}

const stepOf = ({ name, budgetSeconds, seconds, first }: Tried, rerun: Rerun): Step => ({
  name,
  seconds,
  budgetSeconds,
  count: countOf({ files: rerun.files, errors: first.errors }),
  failures: [...rerun.failures, ...first.errors],
  flaky: rerun.flaky,
  files: first.files,
});

/** What a run came to without a second try: what it failed has failed. */
export const asTried = (tried: Tried): Step =>
  stepOf(tried, { files: tried.first.files, failures: tried.first.files.flatMap(failuresOf), flaky: [] });

/**
 * Runs what failed once more, when nothing else runs.
 * @param mayBegin asked before each file; one that is not run again has failed
 */
export async function finishTests(tried: Tried, mayBegin: () => boolean = () => true): Promise<Step> {
  const began = performance.now();
  const rerun = await rerunFailed(tried.first, mayBegin, (file) => runTests(tried.command, [file]));
  return stepOf({ ...tried, seconds: tried.seconds + secondsSince(began) }, rerun);
}

/** Runs files of tests, and what failed once more. */
export const testStep = async (part: TestPart): Promise<Step> => finishTests(await tryTests(part));
