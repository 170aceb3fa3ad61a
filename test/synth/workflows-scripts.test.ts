import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = join(import.meta.dirname, '..', '..', 'scripts', 'ci');
const installed = (...tools: string[]): boolean =>
  tools.every((tool) => spawnSync('which', [tool], { stdio: 'ignore' }).status === 0);

/** Answers as GitHub would, from files beside it, and keeps what it was asked. */
const GH = `#!/usr/bin/env bash
here=$(dirname "$0")
printf '%s\\n' "$*" >>"$here/asked"
filter=. previous=
for argument; do
  [[ $previous == --jq ]] && filter=$argument
  [[ $previous == --input ]] && cp "$argument" "$here/posted.json"
  previous=$argument
done
case "$*" in
  *'/pulls '*) answer=pulls ;;
  *'/artifacts?'*) answer=artifacts ;;
  *'/comments?'*) answer=comments ;;
  'pr list '*) answer=pulls ;;
  *'/zip') exec cat "$here/preview.zip" ;;
  *) exit 0 ;;
esac
exec jq --raw-output "$filter" "$here/$answer.json"
`;

/** A folder that holds GitHub; `say` sets an answer. */
class GitHub {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-gh-'));

  constructor() {
    writeFileSync(join(this.folder, 'gh'), GH);
    chmodSync(join(this.folder, 'gh'), 0o755);
  }

  say(answer: string, value: unknown): void {
    writeFileSync(join(this.folder, `${answer}.json`), JSON.stringify(value));
  }

  get asked(): string[] {
    const file = join(this.folder, 'asked');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  get posted(): { readonly body: string } | undefined {
    const file = join(this.folder, 'posted.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  run(script: string, cwd: string, env: Readonly<Record<string, string>>) {
    return spawnSync(join(SCRIPTS, script), [], {
      cwd,
      env: { ...env, PATH: [this.folder, process.env.PATH].join(delimiter), TMPDIR: tmpdir() },
      encoding: 'utf8',
    });
  }
}

let github: GitHub;
beforeEach(() => {
  github = new GitHub();
});

describe.skipIf(!installed('bash', 'jq', 'zip', 'unzip'))('the comment on a pull request', () => {
  const MARKER = '<!-- sluice: preview -->';
  const head = { sha: 'c0ffee' };
  const env = {
    GH_REPO: 'sluice/sluice',
    RUN_ID: '42',
    HEAD_OWNER: 'someone',
    HEAD_BRANCH: '$(touch owned)`touch owned`"',
    HEAD_SHA: head.sha,
  };

  /** What the run left behind. */
  function preview(text: string | Buffer): void {
    writeFileSync(join(github.folder, 'comment.md'), text);
    spawnSync('zip', ['-q', 'preview.zip', 'comment.md'], { cwd: github.folder });
  }
  const comment = () => github.run('comment.sh', github.folder, env);

  beforeEach(() => {
    github.say('pulls', [
      { number: 6, head: { sha: 'older' } },
      { number: 7, head },
    ]);
    github.say('artifacts', { artifacts: [{ id: 99 }] });
    github.say('comments', []);
    preview('## Desired state: 1 object changes\n');
  });

  it('is posted where there is none, below its marker', () => {
    const { status, stderr } = comment();
    expect([status, stderr]).toEqual([0, '']);
    expect(github.asked.at(-1)).toContain('--method POST repos/sluice/sluice/issues/7/comments --input');
    expect(github.posted?.body.startsWith(`${MARKER}\n`)).toBe(true);
    expect(github.posted?.body).toContain('at c0ffee');
    expect(github.posted?.body).toContain('## Desired state: 1 object changes');
  });

  it('is updated in place, and only where it is the own one', () => {
    const bot = { login: 'github-actions[bot]' };
    github.say('comments', [
      { id: 1, user: { login: 'someone' }, body: `${MARKER} mine` },
      { id: 2, user: bot, body: `quoting ${MARKER}` },
      { id: 3, user: bot, body: `${MARKER}\nold` },
      { id: 4, user: bot, body: `${MARKER}\nolder` },
    ]);
    expect(comment().status).toBe(0);
    expect(github.asked.at(-1)).toContain('--method PATCH repos/sluice/sluice/issues/comments/3 --input');
  });

  it('takes a branch for a name, whatever it is called', () => {
    comment();
    expect(github.asked[0]).toContain(`-f head=someone:${env.HEAD_BRANCH} `);
    expect(existsSync(join(github.folder, 'owned'))).toBe(false);
  });

  it('is not made for a head that is no longer one', () => {
    github.say('pulls', [{ number: 7, head: { sha: 'newer' } }]);
    expect(comment()).toMatchObject({ status: 0, stdout: expect.stringContaining('no open pull request') });
    expect(github.posted).toBeUndefined();
  });

  it('is not made of a run that left nothing', () => {
    github.say('artifacts', { artifacts: [] });
    expect(comment()).toMatchObject({ status: 0, stdout: 'run 42 left no preview\n' });
    expect(github.posted).toBeUndefined();
  });

  it('shows no file of the machine that posts it', () => {
    writeFileSync(join(github.folder, 'secret'), 'the secret');
    spawnSync('rm', ['comment.md', 'preview.zip'], { cwd: github.folder });
    symlinkSync(join(github.folder, 'secret'), join(github.folder, 'comment.md'));
    spawnSync('zip', ['-q', '--symlinks', 'preview.zip', 'comment.md'], { cwd: github.folder });
    expect(comment().status).toBe(0);
    expect(github.posted?.body).toContain(MARKER);
    expect(github.posted?.body).not.toContain('the secret');
  });

  it.each([
    ['text of a megabyte', 'ä'.repeat(2 ** 19)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
  ])('fits what GitHub takes, made of %s', (_, text) => {
    preview(text);
    const { status, stderr } = comment();
    expect([status, stderr]).toEqual([0, '']);
    expect([...(github.posted?.body ?? '')].length).toBeLessThan(65_536);
    expect(github.posted?.body).toContain(MARKER);
  });
});

/** Git without what this machine or a hook around the tests has configured. */
const isolated = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
};

function git(cwd: string, ...args: string[]): string {
  const env = { ...isolated, PATH: process.env.PATH };
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** A repository of these files, and its bare origin. */
function repositoryOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-repository-'));
  const [origin, work] = [join(folder, 'origin.git'), join(folder, 'work')];
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  git(folder, 'init', '--quiet', '--initial-branch=main', work);
  git(work, 'remote', 'add', 'origin', origin);
  write(work, files);
  git(work, 'add', '.');
  git(work, 'commit', '--quiet', '--message=first');
  git(work, 'push', '--quiet', 'origin', 'main');
  return work;
}

function write(work: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(work, path, '..'), { recursive: true });
    writeFileSync(join(work, path), text);
  }
}

describe.skipIf(!installed('bash', 'jq', 'git'))('the pull request of new images', () => {
  const images = (tag: string): string => `export const images = {\n  consumer: 'consumer:${tag}',\n};\n`;
  const manifest = 'dist/local/jobs/deployment-consumer.yaml';
  let work: string;
  const propose = () => github.run('propose-images.sh', work, isolated);
  const pushed = (format: string): string =>
    git(work, 'show', '--name-only', `--format=${format}`, 'origin/release/images');

  beforeEach(() => {
    work = repositoryOf({ 'environments/images.ts': images('1'), [manifest]: 'image: 1', 'README.md': 'x' });
    github.say('pulls', []);
  });

  it('is opened with the references and what they render to, and asks for its checks', () => {
    write(work, {
      'environments/images.ts': images('2'),
      [manifest]: 'image: 2',
      'dist/local/jobs/new.yaml': 'new',
    });
    const { status, stderr } = propose();
    expect([status, stderr]).toEqual([0, '']);
    expect(pushed('%s').split('\n')).toEqual([
      'Run the images that were just built',
      '',
      manifest,
      'dist/local/jobs/new.yaml',
      'environments/images.ts',
    ]);
    const asked = github.asked.join('\n');
    expect(asked).toContain('pr create --base main --head release/images');
    expect(asked).toContain("\n-  consumer: 'consumer:1',\n+  consumer: 'consumer:2',\n");
    expect(github.asked.at(-1)).toBe('workflow run ci.yaml --ref release/images');
  });

  it('is updated while it is open, again from main', () => {
    write(work, { 'environments/images.ts': images('2') });
    propose();
    github.say('pulls', [{ number: 12 }]);
    git(work, 'switch', '--quiet', 'main');
    write(work, { 'environments/images.ts': images('3') });
    expect(propose().status).toBe(0);
    expect(github.asked.join('\n')).toContain('pr edit 12 --title');
    expect(git(work, 'show', 'origin/release/images:environments/images.ts')).toBe(images('3').trim());
    expect(git(work, 'rev-list', '--count', 'main..origin/release/images')).toBe('1');
  });

  it('is not made where nothing changes', () => {
    expect(propose()).toMatchObject({
      status: 0,
      stdout: 'environments/images.ts names these images already\n',
    });
    expect(github.asked).toEqual([]);
  });

  it('carries nothing else', () => {
    write(work, { 'environments/images.ts': images('2'), 'README.md': 'y', 'left/over': '' });
    const { status, stderr } = propose();
    expect(status).toBe(1);
    expect(stderr).toContain('README.md');
    expect(stderr).toContain('left/');
    expect(github.asked).toEqual([]);
  });
});

describe.skipIf(!installed('git'))('the plan of the images', () => {
  const script = join(SCRIPTS, 'changed-services.ts');
  const plan = (work: string, ...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], {
      env: { ...isolated, PATH: process.env.PATH, GIT_DIR: join(work, '.git') },
      encoding: 'utf8',
    });

  it('is the matrix of what a branch changes since it left its base', () => {
    const work = repositoryOf({ 'services/scaler/main.ts': '1', 'services/consumer/main.ts': '1' });
    git(work, 'switch', '--quiet', '--create', 'change');
    write(work, { 'services/scaler/main.ts': '2' });
    git(work, 'commit', '--quiet', '--all', '--message=change');
    git(work, 'switch', '--quiet', 'main');
    write(work, { 'services/consumer/main.ts': '2' });
    git(work, 'commit', '--quiet', '--all', '--message=meanwhile');
    git(work, 'switch', '--quiet', 'change');
    const { status, stdout } = plan(work, '--base', 'main');
    expect([status, JSON.parse(stdout)]).toEqual([0, { include: [{ service: 'scaler' }] }]);
    expect(JSON.parse(plan(work, '--base', 'HEAD').stdout)).toEqual({ include: [] });
  });

  it.each(['nowhere', '--output=x'])("refuses the base '%s'", (base) => {
    const { status, stdout, stderr } = plan(repositoryOf({ a: '' }), `--base=${base}`);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`changed-services: '--base' (${base}) must be a revision of this repository\n`);
  });
});
