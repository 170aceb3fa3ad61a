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
    const configs = runsOf(everything, ROOT).map(({ command }) => command.at(-1));
    expect(configs).toEqual([...new Set(SUITES.map(({ config }) => config))]);
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
