import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, workTreeFiles } from '../support/work-tree.ts';
import { desiredStateReaders } from './rooms.ts';

const IMPORT = /(?:^|[\s;(])(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

const importsOf = (path: string): string[] =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(IMPORT)].map(([, name = '']) =>
    posix.join(dirname(path), name),
  );

/** A list, and the files beside it that it lists. @param but What it imports for its types alone */
const listed = (list: string, but: string): string[] => [
  list,
  ...importsOf(list).filter((path) => dirname(path) === dirname(list) && path !== but),
];

/** The desired state that is the user's: these files, and what they import of each other. */
const desired = new Set([
  'apps/main.ts',
  ...listed('environments/index.ts', 'environments/environment.ts'),
  ...listed('apps/workloads/index.ts', 'apps/workloads/workload.ts'),
]);

const readers = workTreeFiles('*.ts')
  // An environment may be like another one.
  .filter((path) => !desired.has(path) && !path.startsWith('environments/'))
  .filter((path) => importsOf(path).some((target) => desired.has(target)));

const allowed = (path: string): string | undefined =>
  Object.keys(desiredStateReaders).find((one) => (one.endsWith('/') ? path.startsWith(one) : path === one));

describe('the desired state of the user', () => {
  it('is the lists of environments and workloads, what they list, and their sum', () => {
    expect([...desired]).toEqual(
      expect.arrayContaining(['apps/main.ts', 'environments/index.ts', 'apps/workloads/index.ts']),
    );
    expect(desired.size).toBeGreaterThan(4);
  });

  it('is read by those alone who are told to, each for its reason', () => {
    expect(readers.filter((path) => allowed(path) === undefined)).toEqual([]);
  });

  it('is read by everyone who is told to', () => {
    const used = new Set(readers.map(allowed));
    expect(Object.keys(desiredStateReaders).filter((one) => !used.has(one))).toEqual([]);
  });
});
