/** The commands that `npm test` is made of, one step each, so that each has its own seconds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Together under the 4 minutes that `npm test` may take. */
const BUDGETS: Readonly<Record<string, number>> = { types: 45, lint: 15 };
const TESTS_BUDGET = 180;

export interface NpmTestPart {
  readonly name: string;
  readonly command: readonly string[];
  readonly budgetSeconds: number;
  /** Whether it is a run of vitest. */
  readonly tests: boolean;
}

/** @throws Error where the script is of another shape than `npm run A && npm run B && vitest run` */
export function partsOf(script: string): NpmTestPart[] {
  return script.split('&&').map((part) => {
    const command = part.trim().split(/\s+/);
    if (command[0] === 'vitest')
      return { name: 'npm test: tests', command, budgetSeconds: TESTS_BUDGET, tests: true };
    const name = command.at(-1) ?? '';
    const budgetSeconds = BUDGETS[name];
    if (command[0] !== 'npm' || budgetSeconds === undefined)
      throw new Error(
        `'${part.trim()}' of the script 'test' must be vitest or one of ${Object.keys(BUDGETS)}`,
      );
    return { name: `npm test: ${name}`, command, budgetSeconds, tests: false };
  });
}

export function npmTestParts(root: string): NpmTestPart[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly test: string };
  };
  return partsOf(scripts.test);
}
