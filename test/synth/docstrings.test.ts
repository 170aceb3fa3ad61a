import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, workTreeFiles } from '../support/work-tree.ts';

/** The formatter puts an export at the start of a line, and what documents it on the line above. */
const EXPORT = /^export (?:abstract |async )*(?:interface|const|function\*?|class) (?<name>[\w$]+)/;

/** Names that a source exports without a docstring; of the signatures of one function, the first needs one. */
function undocumentedIn(source: string): string[] {
  const lines = source.split('\n');
  const exported = lines.flatMap((line, index) => {
    const name = EXPORT.exec(line)?.groups?.name;
    const above = lines.slice(0, index).findLast((each) => !each.startsWith('//'));
    return name === undefined ? [] : [{ name, isDocumented: above?.trimEnd().endsWith('*/') }];
  });
  const isLater = (index: number): boolean => exported[index - 1]?.name === exported[index]?.name;
  return exported
    .filter(({ isDocumented }, index) => !isDocumented && !isLater(index))
    .map(({ name }) => name);
}

/** Every source but tests and what only tests use. */
const sources = workTreeFiles('*.ts', ':!test', ':!dist').filter(
  (path) => !/\.(test|d)\.ts$|\/testing(\/|\.ts$)/.test(path),
);

describe('every exported interface, constant, function and class', () => {
  it('has a line that says what it is for', () => {
    expect(sources.length).toBeGreaterThan(300);
    const undocumented = sources.flatMap((path) =>
      undocumentedIn(readFileSync(join(ROOT, path), 'utf8')).map((name) => `${path}: ${name}`),
    );
    expect(undocumented).toEqual([]);
  });

  it.each([
    ['export const a = 1;', ['a']],
    ['/** One. */\nexport const a = 1;\nexport const b = 2;', ['b']],
    ['/** One. */\n\nexport interface A {', ['A']],
    ['// No docstring.\nexport function a() {', ['a']],
    ['/** One. */\nexport async function a(b: 1): 1;\nexport async function a(b: 2): 2;', []],
    ["/** One. */\nexport class A {\n}\nexport { b } from './b.ts';\nexport type C = 1;", []],
  ])('is found without one: %j', (source, names) => {
    expect(undocumentedIn(source)).toEqual(names);
  });
});
