import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { exampleCheckout } from './example.ts';

/** What the worker itself consists of, beside its namespace and the scaler's permission. */
const OBJECTS = [
  ...['deployment', 'serviceaccount', 'service', 'poddisruptionbudget'],
  ...['networkpolicy', 'servicemonitor', 'prometheusrule'],
];
const LIST = 'apps/workloads/index.ts';
// Types and the rules over the desired state: edits.test.ts checks them on one more worker.
describe('a worker that is scaffolded', { timeout: patient(120) * 1000 }, () => {
  const copy = exampleCheckout();
  copy.sluice('synth');
  afterAll(() => copy[Symbol.dispose]());
  const files = (folder: string): string[] =>
    readdirSync(join(copy.root, folder), { recursive: true, encoding: 'utf8' }).sort();
  const text = (path: string): string => readFileSync(join(copy.root, path), 'utf8');
  /** Every source that a workload could touch. */
  const sources = (): Map<string, string> =>
    new Map(
      ['apps', 'argocd', 'charts', 'environments', 'policy'].flatMap((folder) =>
        files(folder)
          .filter((path) => /\.\w+$/.test(path))
          .map((path): [string, string] => [`${folder}/${path}`, text(`${folder}/${path}`)]),
      ),
    );
  const before = { dist: files('dist'), list: text(LIST), sources: sources() };

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

  it('is one file and a line, passes the linter, and brings all that a workload needs', () => {
    const made = copy.sluice('new', 'worker', 'thumb-nails', '--image', 'registry.example/thumbnails:1.0.0');
    // The linter's exit code is its own where all is rendered.
    expect([made.code, made.err]).toEqual([0, '']);
    const touched = [...sources()].filter(([path, now]) => before.sources.get(path) !== now);
    expect(touched.map(([path]) => path).sort()).toEqual([LIST, 'apps/workloads/thumb-nails.ts'].sort());
    // The golden pages are written with it.
    expect(text('test/synth/golden/connections.md')).toContain('| thumb-nails | broker | 5672/TCP |');
    // Its metrics are scraped where it has any.
    const file = 'apps/workloads/thumb-nails.ts';
    const untouched = text(file);
    writeFileSync(join(copy.root, file), untouched.replace('http: false', 'http: true'));
    expect(copy.sluice('synth').code).toBe(0);
    const added = files('dist').filter((path) => !before.dist.includes(path));
    for (const kind of OBJECTS)
      expect(added).toContain(`local/thumb-nails/${kind}-thumb-nails.thumb-nails.yaml`);
    expect(added).toContain('local/thumb-nails/namespace-thumb-nails.yaml');
    expect(added).toContain('local/thumb-nails/role-scale-thumb-nails.thumb-nails.yaml');
    expect(added).toContain('local/thumb-nails/rolebinding-scale-thumb-nails.thumb-nails.yaml');
    const deployment = text('dist/local/thumb-nails/deployment-thumb-nails.thumb-nails.yaml');
    expect(deployment).toMatch(/priorityClassName: low\n/);
    expect(deployment).toMatch(/secretName: broker-credentials\n/);
    expect(text('dist/local/thumb-nails/prometheusrule-thumb-nails.thumb-nails.yaml')).toContain(
      'alert: BacklogStandsStill',
    );
    expect(added).toContain('local/argocd/workloads/application-thumb-nails.argocd.yaml');
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
    writeFileSync(join(copy.root, file), untouched);
  });

  it('is seen by explain and by capacity', () => {
    expect(copy.sluice('explain', 'deployment/thumb-nails', '--environment', 'local').out).toContain(
      "holds the latch 'thumb-nails' of it",
    );
    // 5 pods at most, as its policy says, each with what the chart asks for it.
    expect(copy.sluice('capacity', '--environment', 'local').out).toMatch(
      /Deployment thumb-nails\/thumb-nails +any +low +0 - 5 .*scaler: latch 'thumb-nails'/,
    );
    expect(copy.sluice('simulate', 'thumb-nails', '--for', '1h').out).toMatch(/^thumb-nails, under bursts/);
  });

  it('leaves no trace when its file and its line are gone', () => {
    rmSync(join(copy.root, 'apps/workloads/thumb-nails.ts'));
    const lines = text(LIST).split('\n');
    const list = lines.filter((line) => !/\.\/thumb-nails\.ts|^ {2}thumbNails,$/.test(line)).join('\n');
    expect(list).toBe(before.list);
    writeFileSync(join(copy.root, LIST), list);
    expect(copy.sluice('synth').code).toBe(0);
    expect(files('dist')).toEqual(before.dist);
  });
});
