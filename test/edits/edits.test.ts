import type { SpawnSyncReturns } from 'node:child_process';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { check, refusal } from './check.ts';
import { rightEdits } from './right.ts';
import { Tree } from './tree.ts';
import { wrongEdits } from './wrong.ts';

/** The tests over the desired state that are quick; `npm run edits` runs all that an edit can reach, for each. */
const RULES = ['access', 'configuration', 'objects', 'image-pins', 'delivery', 'secret-scope'].map(
  (name) => `test/synth/${name}.test.ts`,
);

/** All in one tree: what one of them breaks is named by what fails. `npm run edits` makes each alone, and more. */
const TOGETHER = [
  'a drain in place of the latch',
  'RabbitMQ everywhere',
  'an alert more',
  'a web service more',
  'an environment like production',
  'a scheduled job more',
  'an organisation of its own',
  'other holidays',
  'a worker more, of another image',
];

/** One of each kind of sentence. */
const REFUSED = [
  'fewest above most',
  'a queue that no worker brings',
  'a stop that is shorter than a job',
  'an addon without what it needs',
  'two environments of one name',
  'text that is no TypeScript',
];

/** A process that said nothing. */
const NOTHING: SpawnSyncReturns<string> = {
  ...{ pid: 0, status: 0, signal: null },
  ...{ output: [], stdout: '', stderr: '' },
};

/** @throws {Error} where there is none of the name */
function named<E extends { readonly name: string }>(edits: readonly E[], name: string): E {
  const edit = edits.find((one) => one.name === name);
  if (edit === undefined) throw new Error(`there is no edit '${name}'`);
  return edit;
}

describe('the desired state is the user\u2019s', { timeout: patient(300) * 1000 }, () => {
  // What is rendered before an edit proves nothing of it.
  const tree = Tree.open([]);
  afterEach(() => {
    vi.restoreAllMocks();
    tree.revert();
  });
  afterAll(() => tree[Symbol.dispose]());

  it(`is green with ${TOGETHER.join(', ')}`, () => {
    for (const name of TOGETHER) named(rightEdits, name).make(tree);
    expect(check(tree, RULES).faults).toEqual([]);
  });

  // `npm run edits` checks each of them, in half an hour: an edit that no longer means anything is known at once.
  it.each([...rightEdits, ...wrongEdits])('holds what is replaced for $name', ({ make }) => {
    // What is scaffolded is written by another process, and not replaced.
    vi.spyOn(tree, 'node').mockReturnValue(NOTHING);
    make(tree);
    expect(tree.holdsAll()).toBe(true);
  });

  it.each(REFUSED)('refused: %s', (name) => {
    const edit = named(wrongEdits, name);
    edit.make(tree);
    expect(refusal(tree, edit)).toBe('');
  });
});
