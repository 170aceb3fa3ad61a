import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Repository } from './revision.ts';

describe('the dist/ of a revision', () => {
  let root = '';
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: root },
    }).trim();
  const write = (file: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const commit = (): string => {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'change');
    return git('rev-parse', 'HEAD');
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-revision-'));
    git('init', '--quiet', '--initial-branch=main');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is refused with every file whose content is not in this clone', () => {
    for (const name of ['a', 'b', 'c']) write(`dist/local/shop/${name}.yaml`, `${name}: 1\n`);
    const revision = commit();
    for (const name of ['a', 'c']) {
      const id = git('rev-parse', `HEAD:dist/local/shop/${name}.yaml`);
      rmSync(join(root, '.git/objects', id.slice(0, 2), id.slice(2)), { force: true });
    }
    // https://git-scm.com/docs/git-cat-file: an object that is not there is answered with "<object> missing".
    expect(() => new Repository(root).dist(revision)).toThrow(
      /dist\/local\/shop\/a\.yaml .* is not in this clone.*\n.*dist\/local\/shop\/c\.yaml .* is not in this clone/,
    );
  });

  it('is refused where a manifest is not UTF-8, and only there', () => {
    // https://yaml.org/spec/1.2.2/#52-character-encodings; Latin-1 0xe9 and 0xe8 would both read as U+FFFD.
    write('dist/local/shop/a.yaml', Buffer.from('a: caf\xe9\n', 'latin1'));
    write('dist/local/shop/b.yml', Buffer.from('a: caf\xe8\n', 'latin1'));
    write('dist/local/shop/icon.png', Buffer.from([0x89, 0x50, 0xff]));
    expect(() => new Repository(root).dist(commit())).toThrow(
      /dist\/local\/shop\/a\.yaml is not UTF-8\n.*dist\/local\/shop\/b\.yml is not UTF-8$/,
    );
  });

  it('reads what is UTF-8 beside files that are no manifests', () => {
    write('dist/local/shop/a.yaml', 'a: café\n');
    write('dist/local/shop/icon.png', Buffer.from([0x89, 0x50, 0xff]));
    expect(new Repository(root).dist(commit()).get('local/shop/a.yaml')).toBe('a: café\n');
  });

  it('names a file that is larger than what is read, and the limit', () => {
    write('dist/local/shop/a.yaml', 'a: 1\n');
    write('dist/local/shop/huge.yaml', `a: ${'x'.repeat(3 * 1024 * 1024)}\n`);
    const repository = new Repository(root, 'diff', { maxMiB: 2 });
    expect(() => repository.dist(commit())).toThrow(
      /dist\/ of \w+ has 3\.0 MiB, at most 2 MiB are read; the largest file is dist\/local\/shop\/huge\.yaml with 3\.0 MiB$/,
    );
  });

  it('reads what a symbolic link names inside the repository', () => {
    write('shared/map.yaml', 'a: 1\n');
    mkdirSync(join(root, 'dist/local/shop'), { recursive: true });
    // Argo CD reads a link to a regular file inside the repository, and leaves out one that leads nowhere:
    // https://github.com/argoproj/argo-cd/blob/v3.0.0/reposerver/repository/repository.go getPotentiallyValidManifestFile
    symlinkSync('../../../shared/map.yaml', join(root, 'dist/local/shop/map.yaml'));
    symlinkSync('map.yaml', join(root, 'dist/local/shop/again.yaml'));
    symlinkSync('nowhere.yaml', join(root, 'dist/local/shop/dangling.yaml'));
    expect(Object.fromEntries(new Repository(root).dist(commit()))).toEqual({
      'local/shop/map.yaml': 'a: 1\n',
      'local/shop/again.yaml': 'a: 1\n',
    });
  });

  it.each([
    ['above it', '../../../../outside.yaml'],
    ['by an absolute path', '/etc/passwd'],
  ])('refuses a symbolic link that leaves the repository %s', (_, target) => {
    mkdirSync(join(root, 'dist/local/shop'), { recursive: true });
    symlinkSync(target, join(root, 'dist/local/shop/a.yaml'));
    // https://argo-cd.readthedocs.io/en/stable/operator-manual/security/#symlinks: out-of-bounds links fail the sync.
    expect(() => new Repository(root).dist(commit())).toThrow(
      /dist\/local\/shop\/a\.yaml is a symbolic link that leaves the repository$/,
    );
  });

  it('refuses links that lead to each other', () => {
    mkdirSync(join(root, 'dist/local/shop'), { recursive: true });
    symlinkSync('b.yaml', join(root, 'dist/local/shop/a.yaml'));
    symlinkSync('a.yaml', join(root, 'dist/local/shop/b.yaml'));
    expect(() => new Repository(root).dist(commit())).toThrow(/a\.yaml is a symbolic link.*\n.*b\.yaml/);
  });
});
