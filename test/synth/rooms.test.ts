import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, workTreeFiles } from '../support/work-tree.ts';
import { readers, rooms } from './rooms.ts';

const names = Object.keys(rooms).sort((left, right) => right.length - left.length);
const roomOf = (path: string): string | undefined => names.find((name) => path.startsWith(`${name}/`));

const sources = workTreeFiles('*.ts').filter((path) => path.includes('/'));
/** Tests and their helpers cross rooms; what is shipped does not. */
const shipped = sources.filter((path) => !/\.test\.ts$|(^|\/)testing(\/|\.ts$)/.test(path));

const WORKSPACES: Readonly<Record<string, string>> = {
  '@sluice/policy': 'policy/index.ts',
  '@sluice/runtime': 'services/runtime/index.ts',
  '@sluice/runtime/amqp': 'services/runtime/amqp/index.ts',
  '@sluice/runtime/processes': 'services/runtime/processes/index.ts',
  '@sluice/runtime/redis': 'services/runtime/redis/index.ts',
  '@sluice/runtime/redis/options': 'services/runtime/redis/options.ts',
};
const IMPORT = /(?:^|[\s;])(?:from|import)\s*\(?\s*'([^']+)'/g;
/** A path that is opened beside the module system: `new URL('../x', import.meta.url)`. */
const OPENED = /new URL\(\s*['"`](\.\.[^'"`$]*)/g;

function importsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return [...text.matchAll(IMPORT)].flatMap(([, name = '']) => {
    if (name.startsWith('.')) return [posix.join(dirname(path), name)];
    return WORKSPACES[name] === undefined ? [] : [WORKSPACES[name]];
  });
}

const crossings = shipped.flatMap((path) =>
  importsOf(path).map((target) => ({ path, from: roomOf(path), to: roomOf(target) })),
);

describe('the rooms of the repository', () => {
  it('hold every source file, and each room of the table exists', () => {
    expect(sources.filter((path) => roomOf(path) === undefined)).toEqual([]);
    expect(names.filter((name) => !sources.some((path) => roomOf(path) === name))).toEqual([]);
  });

  it('have a README each; the engines of analysis share one', () => {
    const isFolder = (name: string): boolean => !/^packages\/analysis\/\w/.test(name);
    expect(names.filter((name) => isFolder(name) && !existsSync(join(ROOT, name, 'README.md')))).toEqual([]);
  });

  it('import only what the table allows', () => {
    const refused = crossings.filter(
      ({ from = '', to = '' }) => from !== to && !rooms[from]?.includes(to) && !rooms[from]?.includes('*'),
    );
    expect(refused.map(({ path, to }) => `${path} imports ${to}`)).toEqual([]);
    // The check sees imports at all: main reads applications, a service reads the runtime.
    expect(
      crossings.filter(({ from, to }) => from === 'services/scaler' && to === 'policy').length,
    ).toBeGreaterThan(5);
  });

  it('read no other room through the file system, but for the reasons given', () => {
    const opened = shipped.flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(OPENED)]
        .map(([, spec = '']) => posix.join(dirname(path), spec))
        .filter((target) => !path.startsWith('test/') && roomOf(`${target}/`) !== roomOf(path))
        .map(() => path),
    );
    expect([...new Set(opened)].sort()).toEqual(Object.keys(readers).sort());
  });

  it('keep the charts out of the images', () => {
    const charted = shipped.filter(
      (path) =>
        /^(policy|services)\//.test(path) &&
        /from '(cdk8s|cdk8s-plus-27|constructs)'/.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(charted).toEqual([]);
  });

  it('stand in the decision record as they are held here', () => {
    const record = readFileSync(join(ROOT, 'docs/adr/0001-rooms-with-one-direction.md'), 'utf8');
    const row = ([name, imports]: [string, readonly string[]]) =>
      `| \`${name}/\` | ${imports.map((each) => (each === '*' ? 'everything' : `\`${each}\``)).join(', ') || 'nothing'} |`;
    expect(
      Object.entries(rooms)
        .map(row)
        .filter((line) => !record.includes(line)),
    ).toEqual([]);
  });

  it('have no circle', () => {
    const reached = (name: string, path: readonly string[] = []): string[] =>
      path.includes(name)
        ? [[...path, name].join(' -> ')]
        : (rooms[name] ?? [])
            .filter((next) => next !== '*')
            .flatMap((next) => reached(next, [...path, name]));
    expect(names.flatMap((name) => reached(name))).toEqual([]);
  });
});
