/**
 * A run of continuous integration: `npm test`, then the tests of the suites that the change can reach.
 * Ends with 1 where a test failed twice, or anything else failed. @see docs/how-to/cluster.md
 */
import { join } from 'node:path';
import { missingPrograms } from '../test/suites.ts';
import { isGreen, recordGreen } from './base.ts';
import { gitIn } from './git.ts';
import { npmTestParts } from './npm-test.ts';
import { reportOf } from './report.ts';
import { runsOf, type Selection, selectTests, suitesOf, unable, without } from './selection.ts';
import { checkStep, type Step } from './step.ts';
import { testStep } from './test-step.ts';
import { isBuilt, startBuilding } from './tools.ts';

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

/** What is green is remembered where nothing that could fail was left out, now or at the base. */
function remember({ base, leftOut }: Selection, unbuilt: boolean): void {
  const git = gitIn(ROOT);
  const head = git('rev-parse', 'HEAD');
  const clean = git('status', '--porcelain') === '';
  const whole = base === undefined ? leftOut.length === 0 : isGreen(base.commit) && !unbuilt;
  if (head !== undefined && clean && whole) recordGreen(head);
}

interface Run {
  readonly steps: readonly Step[];
  readonly selection: Selection;
  /** Whether a test was left out for want of its tools. */
  readonly unbuilt: boolean;
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
  const toBuild = suites.filter((suite) => suite.builtInCi && missingPrograms(suite).length === 0);
  const building = toBuild.length > 0 ? startBuilding(ROOT, toBuild) : undefined;
  const steps = await npmTest();
  if (failed(steps)) {
    const why = "'npm test' failed";
    const leftOut = [...chosen.leftOut, ...chosen.files.map((what) => ({ what, why }))];
    return { steps, selection: { ...chosen, files: [], leftOut }, unbuilt: false };
  }
  if (building !== undefined) steps.push(await building.finish());
  const reasons = unable(suites, (suite) => isBuilt(ROOT, suite));
  const selection = without(chosen, reasons, ROOT);
  if (!failed(steps)) steps.push(...(await runSuites(selection)));
  return { steps, selection, unbuilt: reasons.length > 0 };
}

const chosen = await selectTests(ROOT, process.env.CI_BASE);
process.stdout.write(`${chosen.story.join('\n')}\n`);
const { steps, selection, unbuilt } = await runAll(chosen);
if (!failed(steps)) remember(selection, unbuilt);
process.exitCode = failed(steps) ? 1 : 0;
process.stdout.write(`${reportOf(steps, selection.leftOut).join('\n')}\n`);
