import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { diffExamples } from './diff-examples.ts';
import { COMMAND, DIFF, diffWithCounts, EXAMPLES } from './golden.ts';

it('the page of pull requests is what the reports say', () => {
  const committed = readFileSync(EXAMPLES, 'utf8');
  expect(committed, `after a change that was meant: ${COMMAND}, and commit what it writes`).toBe(
    diffExamples(),
  );
});

it('the page of differences counts the crafted changes', () => {
  expect(readFileSync(DIFF, 'utf8'), `after a change that was meant: ${COMMAND}`).toBe(diffWithCounts());
});

it('the page shows ten pull requests, and both sections above the objects', () => {
  const page = diffExamples();
  expect(page.match(/^## /gm)).toHaveLength(10);
  expect(page).toContain('##### What no longer works');
  expect(page).toContain('##### Who can reach or do more');
});
