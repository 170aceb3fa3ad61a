import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkout } from '../support/checkout.ts';

const LIST = 'apps/workloads/index.ts';
/** The tests over dist/ that are quick. */
const RULES = ['access', 'configuration', 'objects', 'image-pins'].map(
  (name) => `test/synth/${name}.test.ts`,
);

/** A test runner that another one starts must not take itself for one of its workers. */
const outsideOfTests = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|TEST$|NODE_ENV$)/.test(name)),
  );

interface Outcome {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** @throws {Error} where no test ran */
function failedIn(report: string): string[] {
  const { testResults }: Outcome = JSON.parse(report);
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (testResults.length < RULES.length || results.length < 100) throw new Error('not all rules ran');
  return results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
}

describe('a worker that is scaffolded', { timeout: 120_000 }, () => {
  const copy = checkout();
  afterAll(() => copy[Symbol.dispose]());
  const files = (folder: string): string[] =>
    readdirSync(join(copy.root, folder), { recursive: true, encoding: 'utf8' }).sort();
  const text = (path: string): string => readFileSync(join(copy.root, path), 'utf8');
  const before = { dist: files('dist'), list: text(LIST) };

  it('refuses a name, a queue and an image that cannot be, all at once, and writes nothing', () => {
    const { code, err } = copy.sluice('new', 'worker', 'consumer', '--queue', 'a b', '--image', 'x:latest');
    expect([code, err]).toEqual([
      2,
      [
        "sluice new: 'name' (consumer) must not be taken by an application of apps/",
        "sluice new: '--queue' (a b) must be 1 to 248 bytes without spaces, and not begin with amq.",
        "sluice new: '--image' (x:latest) must be pinned by a tag other than latest or a digest",
        "sluice new: 'name' (consumer) must not be that of a file: apps/workloads/consumer.ts exists",
        '',
      ].join('\n'),
    ]);
    expect(text(LIST)).toBe(before.list);
  });

  it('is one file and a line, and brings all that a workload needs', () => {
    const made = copy.sluice('new', 'worker', 'thumb-nails', '--image', 'registry.example/thumbnails:1.0.0');
    expect([made.code, made.err]).toEqual([0, '']);
    const added = files('dist').filter((path) => !before.dist.includes(path));
    for (const kind of ['deployment', 'serviceaccount', 'poddisruptionbudget', 'networkpolicy'])
      expect(added).toContain(`local/thumb-nails/${kind}-thumb-nails.thumb-nails.yaml`);
    expect(added).toContain('local/thumb-nails/role-scale-thumb-nails.thumb-nails.yaml');
    expect(added).toContain('local/argocd/workloads/application-thumb-nails.argocd.yaml');
    if (before.dist.some((path) => path.startsWith('production/')))
      expect(added).toContain('production/thumb-nails/externalsecret-broker-credentials.thumb-nails.yaml');
    const topology = added.find((path) => /local\/broker\/configmap-topology-/.test(path)) ?? '';
    const { queues, users } = JSON.parse(
      /topology\.json: \|\n((?: {4}.*\n)+)/.exec(text(`dist/${topology}`))?.[1] ?? 'null',
    );
    expect(queues.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['thumb-nails', 'thumb-nails.retry', 'thumb-nails.parked']),
    );
    expect(users).toContainEqual({
      ...{ name: 'thumb-nails', tags: [], passwordFile: '/etc/sluice/users/thumb-nails' },
      permissions: { configure: '^$', write: '^thumb-nails$', read: '^thumb-nails$' },
    });
    expect(text('dist/local/scaler/configmap-scaler.scaler.yaml')).toContain('"name": "thumb-nails"');
    expect(text('dist/local/broker/networkpolicy-broker.broker.yaml')).toContain('thumb-nails');
  });

  it('passes the linter untouched', () => {
    const biome = join(copy.root, 'node_modules', '.bin', 'biome');
    const { status, stdout } = spawnSync(
      biome,
      ['check', '--error-on-warnings', '--vcs-enabled=false', 'apps/workloads'],
      { cwd: copy.root, encoding: 'utf8' },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('No fixes applied')]);
  });

  it('passes the rules over the desired state untouched, and the golden pages are written by their command', () => {
    const run = (...argv: string[]) =>
      spawnSync(process.execPath, argv, {
        cwd: copy.root,
        encoding: 'utf8',
        env: outsideOfTests(),
        timeout: 50_000,
      });
    const rules = () =>
      run(
        ...[join(copy.root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'synth'],
        ...['--reporter', 'json', '--outputFile', join(copy.root, 'report.json')],
        ...['--maxWorkers', '1', ...RULES],
      );
    const before = rules();
    expect(failedIn(text('report.json')), before.stderr).toEqual([
      'the golden pages connections.md is what dist/ says',
      'the golden pages permissions.md is what dist/ says',
      'the golden pages show the system in the README as its applications declare it',
    ]);
    expect(run(join(copy.root, 'test/synth/golden.ts'))).toMatchObject({ status: 0, stderr: '' });
    expect(text('test/synth/golden/connections.md')).toContain('| thumb-nails | broker | 5672/TCP |');
    rules();
    expect(failedIn(text('report.json'))).toEqual([]);
  });

  it('is seen by explain and by capacity', () => {
    expect(copy.sluice('explain', 'deployment/thumb-nails', '--environment', 'local').out).toContain(
      "scales by a latch 'thumb-nails' it",
    );
    expect(copy.sluice('capacity', '--environment', 'local').out).toContain('thumb-nails');
  });

  it('leaves no trace when its file and its line are gone', () => {
    rmSync(join(copy.root, 'apps/workloads/thumb-nails.ts'));
    const list = text(LIST)
      .split('\n')
      .filter((line) => !line.includes('./thumb-nails.ts'))
      .join('\n')
      .replace(/,?\s*thumbNails,?/, '');
    expect(list.replaceAll(/\s/g, '')).toBe(before.list.replaceAll(/\s/g, ''));
    spawnSync('cp', [join(import.meta.dirname, '..', '..', LIST), join(copy.root, LIST)]);
    expect(copy.sluice('synth').code).toBe(0);
    expect(files('dist')).toEqual(before.dist);
  });
});
