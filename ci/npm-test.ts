/**
 * What `npm test` is made of: parts in lanes that run beside each other. Checks and quick tests want a core all the
 * time, integration tests mostly wait for servers and clocks: one after the other they leave half of a machine idle.
 */
import { checkStep, type Step } from './step.ts';
import { finishTests, type Tried, tryTests } from './test-step.ts';

/** One command of `npm test`, and the seconds that it should take on two cores. */
export interface NpmTestPart {
  readonly name: string;
  readonly command: readonly string[];
  /** What it should take beside the other lane, on two cores. */
  readonly budgetSeconds: number;
  /** Whether it is a run of vitest. */
  readonly tests: boolean;
}

/** Seconds that `npm test` may take on two cores; no lane has more. */
export const NPM_TEST_BUDGET = 240;

const check = (name: string, budgetSeconds: number): NpmTestPart => ({
  name: `npm test: ${name}`,
  command: ['npm', 'run', '--silent', name],
  ...{ budgetSeconds, tests: false },
});

const tests = (name: string, projects: readonly string[], budgetSeconds: number): NpmTestPart => ({
  name: `npm test: ${name}`,
  command: ['vitest', 'run', ...projects.flatMap((project) => ['--project', project])],
  ...{ budgetSeconds, tests: true },
});

/** Every project of vitest.config.ts is in one of them. */
export const LANES: readonly (readonly NpmTestPart[])[] = [
  [tests('integration', ['integration'], 195), check('types', 20), check('lint', 25)],
  [tests('tests', ['unit', 'engines', 'synth'], 230)],
];

type Outcome = Step | Tried;

/** All parts, also where one has failed: a person wants every fault at once. */
async function runLane(parts: readonly NpmTestPart[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, command, budgetSeconds, tests } of parts)
    outcomes.push(
      tests
        ? await tryTests({ name, command, files: [], budgetSeconds }, 'beside others')
        : await checkStep(name, command, budgetSeconds, 'beside others'),
    );
  return outcomes;
}

/** Runs every lane, and then what failed once more alone. */
export async function npmTest(lanes = LANES): Promise<Step[]> {
  const outcomes = (await Promise.all(lanes.map(runLane))).flat();
  const steps: Step[] = [];
  for (const outcome of outcomes) steps.push('first' in outcome ? await finishTests(outcome) : outcome);
  return steps;
}
