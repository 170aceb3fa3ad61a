import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SUITES, type Suite } from '../test/suites.ts';
import { notRun, runsOf, type Selection, suitesByFile, suitesOf, without } from './selection.ts';

const ROOT = join(import.meta.dirname, '..');
const everything: Selection = {
  files: [...suitesByFile(ROOT).keys()],
  leftOut: [],
  base: undefined,
  story: [],
};
const suite = (name: string): Suite => {
  const found = SUITES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no suite '${name}'`);
  return found;
};

describe('a run of everything', () => {
  test('has every suite, and one run of vitest for each configuration', () => {
    expect(suitesOf(everything, ROOT)).toEqual(SUITES);
    const runs = runsOf(everything, ROOT);
    expect(runs.map(({ command }) => command.at(-1))).toEqual([
      ...new Set(SUITES.map(({ config }) => config)),
    ]);
    expect(runs.flatMap(({ suites }) => suites)).toEqual(expect.arrayContaining([...SUITES]));
  });

  test('begins with what needs the fewest minutes of building: the rest is built meanwhile', () => {
    const minutes = SUITES.filter(({ inCi }) => inCi).map(({ tools }) =>
      tools.reduce((sum, one) => sum + one.minutes, 0),
    );
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
  });

  test('leaves out by name what the nightly run alone has, and what needs a program that the machine lacks', () => {
    const lacking = { ...suite('board'), programs: ['no-such-browser'] };
    const reasons = notRun([suite('core'), suite('more'), lacking]);
    expect(reasons.map((one) => [one.suite.name, one.why])).toEqual([
      ['more', expect.stringContaining('the nightly run has it')],
      ['board', 'this machine has no no-such-browser'],
    ]);
    const { files, leftOut } = without(everything, reasons, ROOT);
    expect(files.length + leftOut.length).toBe(everything.files.length);
    expect(files).toContain('test/cluster/queue-lifecycle.test.ts');
    expect(leftOut.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['test/cluster/canary.test.ts', 'test/board/run.test.ts']),
    );
  });
});
