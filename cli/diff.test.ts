import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { render, renderAnew } from '../apps/testing/desired-state.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { runDiff } from './diff.ts';

const service = (port: number): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  ports: [{port: ${port}}]\n`;
const claim =
  'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: shop}\nspec: {}\n';
const path = 'local/shop/service-web.shop.yaml';

describe('sluice diff', () => {
  let root = '';
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: root },
    });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const commit = (message: string): string => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD').trim();
  };
  const run = async (argv: string[], files: Readonly<Record<string, string>> = {}) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await runDiff(argv, { root, render: async () => new Map(Object.entries(files)) });
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    return { code, printed };
  };
  afterEach(() => vi.restoreAllMocks());

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-diff-'));
    git('init', '--quiet', '--initial-branch=main');
    write('README.md', 'no desired state yet\n');
    commit('start');
    git('tag', 'empty');
    write(`dist/${path}`, service(80));
    write('dist/local/shop/claim with ünusual name.yaml', claim);
    symlinkSync('nowhere', join(root, 'dist/local/shop/link.yaml'));
    commit('want a service and a volume');
    git('tag', 'wanted');
    git('checkout', '--quiet', '-b', 'change');
    write(`dist/${path}`, service(81));
    rmSync(join(root, 'dist/local/shop/claim with ünusual name.yaml'));
    commit('drop the volume');
  });

  it('compares two revisions by name, tag or id', async () => {
    const { code, printed } = await run(['wanted', git('rev-parse', 'HEAD').trim()]);
    expect(code).toBe(0);
    expect(printed).toContain('2 objects change, at worst: data loss');
    expect(printed).toMatch(/data loss {2}PersistentVolumeClaim shop\/data {2}removed/);
    expect(printed).toMatch(/config {5}Service shop\/web .*applied in place/);
    expect(printed).toContain('spec.ports[81/TCP]: none -> port: 81');
  });

  it('compares main with what the work tree renders, where nothing else is said', async () => {
    const { printed } = await run([], { [path]: service(82) });
    expect(printed).toMatch(/^main -> working tree: 2 objects change/);
    expect(printed).toContain('spec.ports[82/TCP]: none -> port: 82');
  });

  it('prefers the main of the remote', async () => {
    git('update-ref', 'refs/remotes/origin/main', 'change');
    const { printed } = await run([], { [path]: service(81) });
    git('update-ref', '-d', 'refs/remotes/origin/main');
    expect(printed).toMatch(/^origin\/main -> working tree: nothing changes\n/);
  });

  it('takes a revision without dist/ for one that wants nothing', async () => {
    expect((await run(['empty', 'wanted'])).printed).toContain('(the whole environment is added)');
  });

  it.each([
    ['data-loss', 1],
    ['config', 1],
    ['no-op', 1],
  ])('fails on %s where the worst rank reaches it', async (rank, code) => {
    expect((await run(['wanted', 'change', '--fail-on', rank])).code).toBe(code);
  });

  it('passes a threshold that no change reaches', async () => {
    expect(
      (await run(['wanted', '--fail-on', 'recreate'], { [path]: service(80), 'local/shop/c.yaml': claim }))
        .code,
    ).toBe(0);
    expect((await run(['wanted', 'wanted', '--fail-on', 'no-op'])).code).toBe(0);
  });

  it('writes JSON for programs', async () => {
    const { printed } = await run(['wanted', 'change', '--format', 'json']);
    expect(JSON.parse(printed)).toMatchObject({
      base: 'wanted',
      head: 'change',
      worst: 'data-loss',
      changes: [
        { kind: 'PersistentVolumeClaim', change: 'removed', rank: 'data-loss', environment: 'local' },
        { kind: 'Service', change: 'changed', application: 'shop', leaves: [{ before: 80 }, { after: 81 }] },
      ],
    });
  });

  it('names everything that is wrong at once', async () => {
    const failing = run(['nowhere', '--output=/tmp/x', '--format', 'html', '--fail-on', 'bad']);
    await expect(failing).rejects.toThrow(ConfigurationError);
    await expect(run(['nowhere', '--format', 'html', '--fail-on', 'bad'])).rejects.toThrow(
      /'nowhere' is no revision.*\n.*'--format' \(html\) must be one of.*\n.*'--fail-on' \(bad\) must be one of/,
    );
    await expect(run(['main', 'main', 'main'])).rejects.toThrow(/two revisions at most/);
  });

  it('says which file of which revision it cannot read', async () => {
    await expect(run(['wanted'], { 'local/shop/a.yaml': 'a: [' })).rejects.toThrow(
      /^sluice diff: working tree: dist\/local\/shop\/a\.yaml is no YAML/,
    );
  });

  it.each([
    ['a value that holds itself', 'data: &a {x: *a}', 'holds a value that contains itself, by an alias'],
    [
      'an alias bomb',
      `data: {a: &a [${'x, '.repeat(99)}x], b: &b [${'*a, '.repeat(99)}*a], c: [${'*b, '.repeat(99)}*b]}`,
      'has too many aliases',
    ],
  ])('refuses %s', async (_, data, message) => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${data}\n`;
    await expect(run(['wanted'], { 'local/shop/a.yaml': text })).rejects.toThrow(
      new ConfigurationError('diff', [`working tree: dist/local/shop/a.yaml ${message}`]),
    );
  });

  it('says what git says where there is no repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-diff-'));
    await expect(runDiff([], { root: folder, render: async () => new Map() })).rejects.toThrow(
      /^sluice diff: git rev-parse failed in .*not a git repository/,
    );
  });

  describe('where it could not look', () => {
    it('says that the base is what is checked out', async () => {
      git('checkout', '--quiet', '--detach');
      git('update-ref', '-d', 'refs/heads/main');
      const here = { [path]: service(81) };
      const { printed } = await run([], here);
      await expect(run(['--fail-on', 'prune'], here)).rejects.toThrow(
        /'--fail-on' \(prune\) needs a base: neither origin\/main nor main exists in this clone/,
      );
      const json = await run(['--format', 'json'], here);
      git('update-ref', 'refs/heads/main', 'wanted');
      git('checkout', '--quiet', 'change');
      expect(printed).toContain('HEAD -> working tree: nothing changes\n');
      expect(printed).toMatch(
        /note: neither origin\/main nor main exists in this clone: the base is HEAD itself/,
      );
      expect(JSON.parse(json.printed).notes).toEqual([expect.stringContaining('the base is HEAD itself')]);
    });

    it('says that two names are one commit', async () => {
      git('branch', '--force', 'same', 'wanted');
      const { printed } = await run(['wanted', 'same', '--format', 'markdown']);
      expect(printed).toMatch(/nothing changes[\s\S]*> wanted and same are the same commit/);
    });

    it('says where the committed dist/ is not what the sources render', async () => {
      const { printed } = await run(['wanted'], { [path]: service(90) });
      expect(printed).toMatch(
        /note: the committed dist\/ is not what the sources render: 1 changed \(dist\/local\/shop\/service-web\.shop\.yaml\).*Argo CD syncs dist\/ as it is committed/,
      );
      expect((await run(['wanted'], { [path]: service(81) })).printed).not.toContain('note:');
    });
  });

  it('explains itself', async () => {
    expect((await run(['--help'])).printed).toContain('no-op < metadata < config < scaling');
  });

  it('finds no change where the sources of this repository stand beside themselves', async () => {
    for (const [file, text] of render()) write(`dist/${file}`, text);
    rmSync(join(root, 'dist', path));
    commit('want what is wanted here');
    expect((await run(['HEAD'], Object.fromEntries(renderAnew()))).printed).toMatch(/nothing changes\n/);
  });
});
