/**
 * A run of continuous integration: `npm test`, then the tests of the suites that the change can reach.
 * Ends with 1 where a test failed twice, or anything else failed. @see docs/how-to/cluster.md
 */
import { join } from 'node:path';
import { isGreen, recordGreen } from './base.ts';
import { gitIn } from './git.ts';
import { npmTestParts } from './npm-test.ts';
import { reportOf } from './report.ts';
import { notRun, runsOf, type Selection, selectTests, suitesOf, without } from './selection.ts';
import { checkStep, type Step } from './step.ts';
import { testStep } from './test-step.ts';
import { startBuilding } from './tools.ts';

const ROOT = join(import.meta.dirname, '..');

/** The 40 minutes that a warm run may take, less `npm test` and what a second try needs. */
const SUITES_BUDGET = 2040;

const failed = (steps: readonly Step[]): boolean => steps.some(({ count }) => count.failed > 0);

async function npmTest(): Promise<Step[]> {
  const steps: Step[] = [];
  for (const { name, command, budgetSeconds, tests } of npmTestParts(ROOT))
    steps.push(
      tests
        ? await testStep(name, command, [], budgetSeconds)
        : await checkStep(name, command, budgetSeconds),
    );
  return steps;
}

/** What is green is remembered where nothing that a run should have was left out, now or at the base. */
function remember({ base }: Selection, lacking: boolean): void {
  const git = gitIn(ROOT);
  const head = git('rev-parse', 'HEAD');
  const clean = git('status', '--porcelain') === '';
  const whole = (base === undefined || isGreen(base.commit)) && !lacking;
  if (head !== undefined && clean && whole) recordGreen(head);
}

interface Run {
  readonly steps: readonly Step[];
  readonly selection: Selection;
  /** Whether a suite was left out for want of a program. */
  readonly lacking: boolean;
}

/** The suites one after another: each may have the machine for itself. */
async function runSuites(selection: Selection): Promise<Step[]> {
  const steps: Step[] = [];
  for (const { name, command, files } of runsOf(selection, ROOT))
    steps.push(await testStep(name, command, files, SUITES_BUDGET));
  return steps;
}

async function runAll(chosen: Selection): Promise<Run> {
  const suites = suitesOf(chosen, ROOT);
  const reasons = notRun(suites);
  const toBuild = suites.filter((suite) => !reasons.some((reason) => reason.suite === suite));
  const building = toBuild.length > 0 ? startBuilding(ROOT, toBuild) : undefined;
  const steps = await npmTest();
  if (failed(steps)) {
    const why = "'npm test' failed";
    const leftOut = [...chosen.leftOut, ...chosen.files.map((what) => ({ what, why }))];
    return { steps, selection: { ...chosen, files: [], leftOut }, lacking: false };
  }
  if (building !== undefined) steps.push(await building.finish());
  const selection = without(chosen, reasons, ROOT);
  if (!failed(steps)) steps.push(...(await runSuites(selection)));
  return { steps, selection, lacking: reasons.some(({ suite }) => suite.inCi) };
}

const chosen = await selectTests(ROOT, process.env.CI_BASE);
process.stdout.write(`${chosen.story.join('\n')}\n`);
const { steps, selection, lacking } = await runAll(chosen);
if (!failed(steps)) remember(selection, lacking);
process.exitCode = failed(steps) ? 1 : 0;
process.stdout.write(`${reportOf(steps, selection.leftOut).join('\n')}\n`);
