/** The end of a run: its steps, its slowest files, what was flaky or left out, and the total. */
import { sumOf } from './outcome.ts';
import type { Step } from './step.ts';

/** Something that is not run, and the reason. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

const SLOWEST = 15;

const right = (value: number | string, width: number): string => String(value).padStart(width);

const rowOf = (step: Step, width: number): string =>
  [
    step.name.padEnd(width),
    right(step.seconds.toFixed(0), 7),
    right(step.budgetSeconds, 6),
    right(step.count.passed, 6),
    right(step.count.failed, 6),
    right(step.count.skipped, 7),
  ].join('  ');

function tableOf(steps: readonly Step[]): string[] {
  const width = Math.max(...steps.map(({ name }) => name.length), 'step'.length);
  const heading = `${'step'.padEnd(width)}  seconds  budget  passed  failed  skipped`;
  return [heading, ...steps.map((step) => rowOf(step, width))];
}

function slowestOf(steps: readonly Step[]): string[] {
  const files = steps.flatMap((step) => step.files).sort((a, b) => b.seconds - a.seconds);
  if (files.length === 0) return [];
  const rows = files.slice(0, SLOWEST).map(({ file, seconds }) => `${right(seconds.toFixed(1), 7)}  ${file}`);
  return ['', 'seconds  slowest test files', ...rows];
}

const overBudget = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ seconds, budgetSeconds }) => seconds > budgetSeconds)
    .map(
      ({ name, seconds, budgetSeconds }) =>
        `warning: '${name}' took ${seconds.toFixed(0)} s, more than its budget of ${budgetSeconds} s`,
    );

/**
 * @param seconds of the whole run: steps may have run beside each other
 * @returns lines; the last is the total alone, which a machine may read
 */
export function reportOf(steps: readonly Step[], leftOut: readonly LeftOut[], seconds: number): string[] {
  const { passed, failed, skipped } = sumOf(steps.map(({ count }) => count));
  return [
    '',
    ...tableOf(steps),
    `${seconds.toFixed(0)} s in all`,
    ...slowestOf(steps),
    '',
    ...overBudget(steps),
    ...leftOut.map(({ what, why }) => `left out: ${what}: ${why}`),
    ...steps.flatMap(({ flaky }) => flaky).map((name) => `flaky: ${name}`),
    ...steps.flatMap(({ failures }) => failures).map((name) => `failed: ${name}`),
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  ];
}
