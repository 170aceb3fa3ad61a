/**
 * A run of continuous integration: `npm test`, then the tests of the suites that the change can reach, while the tools
 * of later ones are built. The table of what was done comes also where the run breaks off.
 * Ends with 1 where a test failed twice, or anything else failed. @see docs/how-to/cluster.md
 */
import { join } from 'node:path';
import { isGreen, recordGreen } from './base.ts';
import { gitIn } from './git.ts';
import { LAST_BEGIN_MINUTES, LAST_RERUN_MINUTES, tooLate } from './limit.ts';
import { npmTest } from './npm-test.ts';
import { type LeftOut, reportOf } from './report.ts';
import {
  notRun,
  runsOf,
  type Selection,
  selectTests,
  suitesOf,
  type VitestRun,
  without,
} from './selection.ts';
import { type Step, secondsSince } from './step.ts';
import { asTried, finishTests, type Tried, tryTests } from './test-step.ts';
import { type Building, startBuilding } from './tools.ts';

const ROOT = join(import.meta.dirname, '..');

/** The 40 minutes that a warm run may take, less `npm test` and what a second try needs. */
const SUITES_BUDGET = 2040;

/** What was done so far. */
const steps: Step[] = [];
let leftOut: readonly LeftOut[] = [];
let building: Building | undefined;
/** Tests that ran, while what failed is run once more. */
let tried: Tried | undefined;

const began = performance.now();

/** @returns whether the run has not lasted so long */
const within = (minutes: number) => (): boolean => secondsSince(began) < minutes * 60;
const mayBegin = within(LAST_BEGIN_MINUTES);
const mayRunAgain = within(LAST_RERUN_MINUTES);

const failed = (): boolean => steps.some(({ count }) => count.failed > 0);

/** What is green is remembered where nothing that a run should have was left out, now or at the base. */
function remember({ base }: Selection, lacking: boolean): void {
  const git = gitIn(ROOT);
  const head = git('rev-parse', 'HEAD');
  const clean = git('status', '--porcelain') === '';
  const whole = (base === undefined || isGreen(base.commit)) && !lacking;
  if (head !== undefined && clean && whole) recordGreen(head);
}

async function runSuite({ name, command, files, suites }: VitestRun): Promise<void> {
  const tools = await building?.ready(suites);
  if (tools !== undefined) steps.push(tools);
  if (tools !== undefined && tools.count.failed > 0) return;
  const lastBegin = performance.timeOrigin + began + LAST_BEGIN_MINUTES * 60_000;
  tried = await tryTests({ name, command, files, lastBegin, budgetSeconds: SUITES_BUDGET });
  const late = tried.first.files.filter((one) => one.late).map(({ file }) => file);
  leftOut = [...leftOut, ...tooLate(late)];
  steps.push(await finishTests(tried, mayRunAgain));
  tried = undefined;
}

/** The suites one after another: each may have the machine for itself but for what is built for the next ones. */
async function runSuites(selection: Selection): Promise<void> {
  for (const run of runsOf(selection, ROOT))
    if (mayBegin()) await runSuite(run);
    else leftOut = [...leftOut, ...tooLate(run.files)];
}

async function runAll(): Promise<void> {
  const chosen = await selectTests(ROOT, process.env.CI_BASE);
  process.stdout.write(`${chosen.story.join('\n')}\n`);
  const reasons = notRun(suitesOf(chosen, ROOT));
  const selection = without(chosen, reasons, ROOT);
  leftOut = selection.leftOut;
  const tools = [process.execPath, join(ROOT, 'test', 'tools.ts')];
  const suites = suitesOf(selection, ROOT);
  if (suites.length > 0) building = startBuilding(tools, suites);
  steps.push(...(await npmTest()));
  if (failed() && process.env.CI_KEEP_GOING === undefined) {
    const why = "'npm test' failed";
    leftOut = [...leftOut, ...selection.files.map((what) => ({ what, why }))];
  } else await runSuites(selection);
  const late = leftOut.length > selection.leftOut.length;
  const lacking = late || reasons.some(({ suite }) => suite.inCi);
  if (!failed()) remember(selection, lacking);
}

const report = (): void => {
  process.stdout.write(`${reportOf(steps, leftOut, secondsSince(began)).join('\n')}\n`);
};

/** Something that is no test's fault: it is one all the same. */
const fault = (name: string): void => {
  const count = { passed: 0, failed: 1, skipped: 0 };
  steps.push({ name, seconds: 0, budgetSeconds: 0, count, failures: [name], flaky: [], files: [] });
};

for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
  process.once(signal, () => {
    building?.stop();
    if (tried !== undefined) steps.push(asTried(tried));
    fault(`ended by ${signal}`);
    report();
    process.exit(code);
  });

try {
  await runAll();
} catch (error) {
  process.stdout.write(`${(error as Error).stack}\n`);
  fault(String(error).split('\n')[0] ?? 'unknown fault');
} finally {
  building?.stop();
}
process.exitCode = failed() ? 1 : 0;
report();
