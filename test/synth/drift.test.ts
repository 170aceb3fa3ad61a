import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { desiredState } from '../../apps/main.ts';
import { render } from '../../apps/rendering.ts';
import { compareDist, writeDist } from '../../packages/manifests/dist.ts';
import { DIST, rendered } from './dist.ts';

const { environments } = desiredState;
const files = render(desiredState);
const scratch = (): string => mkdtempSync(join(tmpdir(), 'sluice-dist-'));

describe('dist/', () => {
  it('is what the sources render', () => {
    expect(compareDist(DIST, files)).toEqual({ missing: [], changed: [], stale: [] });
  });

  it('renders the same bytes twice', () => {
    expect([...render(desiredState)]).toEqual([...files]);
  });

  it('has a folder for each environment', () => {
    expect(readdirSync(DIST).sort()).toEqual(environments.map(({ name }) => name).sort());
  });

  it('is of environments that stand each in the file of its name', () => {
    const folder = join(DIST, '..', 'environments');
    const missing = environments.filter(({ name }) => !existsSync(join(folder, `${name}.ts`)));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('holds one object a file, named after it', () => {
    for (const { path, object } of rendered) {
      const { name, namespace } = object.metadata;
      const file = [`${object.kind.toLowerCase()}-${name}`, ...(namespace ? [namespace] : []), 'yaml'].join(
        '.',
      );
      expect(path.endsWith(`/${file}`), path).toBe(true);
    }
  });
});

describe('writing', () => {
  it('makes the folder hold the rendered files and nothing else', () => {
    const root = scratch();
    mkdirSync(join(root, 'old/app'), { recursive: true });
    writeFileSync(join(root, 'old/app/role-gone.yaml'), 'stale');
    const drift = writeDist(root, new Map([['a/b/role-x.yaml', 'x: 1\n']]));
    expect(drift).toEqual({ missing: ['a/b/role-x.yaml'], changed: [], stale: ['old/app/role-gone.yaml'] });
    expect(readdirSync(root)).toEqual(['a']);
    expect(readFileSync(join(root, 'a/b/role-x.yaml'), 'utf8')).toBe('x: 1\n');
  });

  it('touches only what differs', () => {
    const root = scratch();
    const two = new Map([
      ['a/b/role-x.yaml', 'x: 1\n'],
      ['a/b/role-y.yaml', 'y: 1\n'],
    ]);
    writeDist(root, two);
    const { mtimeMs } = statSync(join(root, 'a/b/role-x.yaml'));
    expect(writeDist(root, new Map(two).set('a/b/role-y.yaml', 'y: 2\n'))).toEqual({
      missing: [],
      changed: ['a/b/role-y.yaml'],
      stale: [],
    });
    expect(statSync(join(root, 'a/b/role-x.yaml')).mtimeMs).toBe(mtimeMs);
  });

  it.each(['../x.yaml', '/etc/x.yaml', 'a/../../x.yaml', 'a\\..\\x.yaml', './x.yaml', ''])(
    "refuses the path '%s'",
    (path) => {
      expect(() => writeDist(scratch(), new Map([[path, '']]))).toThrow(/leads out of/);
    },
  );

  it('refuses to follow a symbolic link', () => {
    const [root, elsewhere] = [scratch(), scratch()];
    symlinkSync(elsewhere, join(root, 'local'));
    expect(() => writeDist(root, new Map([['local/x.yaml', '']]))).toThrow(/symbolic link/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('refuses to empty the folder', () => {
    expect(() => writeDist(scratch(), new Map())).toThrow(/nothing was rendered/);
  });
});
