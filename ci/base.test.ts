import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changedSince, findBase, isGreen, recordGreen } from './base.ts';
import { gitIn } from './git.ts';

let folder: string;
let green: string;

const git = (...args: string[]): string => {
  const person = ['-c', 'user.name=test', '-c', 'user.email=test@sluice.test', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', folder, ...person, ...args], { encoding: 'utf8' }).trim();
};

function commit(file: string): string {
  writeFileSync(join(folder, file), file);
  git('add', '--all');
  git('commit', '--quiet', '--message', file);
  return git('rev-parse', 'HEAD');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-base-'));
  green = join(folder, '.git', 'green');
  git('init', '--quiet', '--initial-branch=main');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base = (requested?: string) => findBase(gitIn(folder), requested, green);

/** Makes the repository look like a clone whose origin is at a revision. */
const originAt = (revision: string) => git('update-ref', 'refs/remotes/origin/main', revision);

describe('the commit to compare with', () => {
  test('is the one that was asked for', () => {
    const first = commit('a');
    commit('b');
    expect(base('HEAD~1')).toEqual({ commit: first, found: 'CI_BASE' });
  });

  test('is no other where the one that was asked for is not here', () => {
    originAt(commit('a'));
    commit('b');
    expect(base('nowhere')).toBe("'CI_BASE' (nowhere) is no revision here");
  });

  test('is where the branch left origin/main', () => {
    const fork = commit('a');
    originAt(fork);
    commit('b');
    expect(base()).toHaveProperty('commit', fork);
  });

  test('is the newest green commit behind HEAD on a fresh clone of main', () => {
    const first = commit('a');
    const second = commit('b');
    originAt(commit('c'));
    recordGreen(first, green);
    recordGreen(second, green);
    expect(base()).toHaveProperty('commit', second);
  });

  test('is no green commit of another branch', () => {
    const fork = commit('a');
    recordGreen(fork, green);
    git('checkout', '--quiet', '-b', 'other');
    recordGreen(commit('b'), green);
    git('checkout', '--quiet', 'main');
    originAt(commit('c'));
    expect(base()).toHaveProperty('commit', fork);
  });

  test('is the first parent of a merge where nothing is green', () => {
    commit('a');
    git('checkout', '--quiet', '-b', 'other');
    commit('b');
    git('checkout', '--quiet', 'main');
    const before = commit('c');
    git('merge', '--quiet', '--no-ff', '--message', 'merge', 'other');
    originAt('HEAD');
    expect(base()).toHaveProperty('commit', before);
  });

  test.each([undefined, '', '0000000000000000000000000000000000000000'])(
    'is unknown where nothing says it, and %j asks for none: a plain parent proves nothing',
    (requested) => {
      commit('a');
      originAt(commit('b'));
      expect(base(requested)).toBe('no commit before this one is known to be green');
    },
  );
});

test('a green commit is remembered once', () => {
  for (const one of ['a', 'b', 'a']) recordGreen(one, green);
  expect([isGreen('a', green), isGreen('b', green), isGreen('c', green)]).toEqual([true, true, false]);
});

test('what changed is what was committed, edited, deleted and added since', () => {
  commit('edited');
  commit('deleted');
  const from = commit('untouched');
  commit('committed');
  writeFileSync(join(folder, 'edited'), 'otherwise');
  rmSync(join(folder, 'deleted'));
  writeFileSync(join(folder, 'ünew'), '');
  expect(changedSince(gitIn(folder), from)).toEqual(['committed', 'deleted', 'edited', 'ünew']);
});
