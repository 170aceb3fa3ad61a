import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { closureOf, type Graph, graphOf, placedModules, reachedBy } from './reach.ts';
import { EVERYTHING, READS } from './reads.ts';
import { readsOf, suitesByFile } from './selection.ts';

const ROOT = join(import.meta.dirname, '..');

describe('in a small repository', () => {
  const tests = ['a.test.ts', 'b.test.ts'];
  let graph: Graph;

  beforeAll(async () => {
    const root = mkdtempSync(join(tmpdir(), 'sluice-reach-'));
    const files = {
      'a.test.ts': "import './lib/shared.ts'; import type { T } from './types.ts'; import 'vitest';",
      'b.test.ts': "import './lib/data.ts'; await import('./lib/late.ts');",
      'lib/shared.ts': "import './data.ts';",
      'lib/data.ts': 'export const data = import.meta.dirname;',
      'lib/late.ts': 'export {};',
      'types.ts': 'export type T = string;',
      'program.ts': "import './lib/inside.ts';",
      'lib/inside.ts': 'export {};',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    graph = await graphOf(root, tests, { 'lib/data.ts': ['dist/'], 'a.test.ts': ['program.ts'] });
    rmSync(root, { recursive: true });
  });

  const reached = (...changed: string[]) => [...reachedBy(changed, tests, graph).reached.keys()];

  test('a change reaches what imports it, directly or not, at once or later', () => {
    expect(reached('lib/shared.ts')).toEqual(['a.test.ts']);
    expect(reached('lib/data.ts')).toEqual(tests);
    expect(reached('lib/late.ts')).toEqual(['b.test.ts']);
    expect(reached('b.test.ts')).toEqual(['b.test.ts']);
  });

  test('and what reads it, or runs it as a program', () => {
    expect(reached('dist/local/a.yaml')).toEqual(tests);
    expect(reached('lib/inside.ts')).toEqual(['a.test.ts']);
  });

  test('code that nothing imports and prose that nothing reads reach nothing', () => {
    expect(reached('lib/unused.ts', 'types.ts', 'docs/how-to/a.md', 'README.md')).toEqual([]);
  });

  test.each([...EVERYTHING.map((path) => (path.endsWith('/') ? `${path}a` : path)), 'unheard-of.json'])(
    '%s reaches everything',
    (path) => {
      expect(reached(path)).toEqual(tests);
    },
  );

  test('each choice names the path that caused it, and the rest is apart', () => {
    const { reached: found, apart } = reachedBy(['docs/a.md', 'lib/late.ts'], tests, graph);
    expect([...found]).toEqual([['b.test.ts', 'lib/late.ts']]);
    expect(apart).toEqual(['a.test.ts']);
  });
});

describe('in this repository', () => {
  const suites = suitesByFile(ROOT);
  const tests = [...suites.keys()];
  let graph: Graph;

  beforeAll(async () => {
    graph = await graphOf(ROOT, tests, readsOf(suites));
  });

  test('every module of a suite that finds files by its own place says which', () => {
    const configs = [...suites.values()].map(({ config }) => config);
    const unsaid = placedModules(ROOT, graph).filter((module) => !(module in READS));
    expect(unsaid.filter((module) => !configs.includes(module))).toEqual([]);
  });

  test('and every row of that table is of such a module, and of files that exist', () => {
    expect(Object.keys(READS).filter((module) => !graph.has(module))).toEqual([]);
    const paths = [...Object.values(READS).flat(), ...EVERYTHING];
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test.each([
    ['policy/decide/decide.ts', 'test/cluster/queue-lifecycle.test.ts'],
    ['services/consumer/main.ts', 'test/cluster/queue-lifecycle.test.ts'],
    ['services/Dockerfile', 'test/cluster/network.test.ts'],
    ['services/runtime/index.ts', 'test/cluster/parity.test.ts'],
    ['dist/production/anything.yaml', 'test/cluster/api-validation.test.ts'],
    ['packages/testbed/tools/etcd/go.mod', 'test/cluster/placement.test.ts'],
    ['test/synth/golden/permissions.md', 'test/cluster/access.test.ts'],
    ['cli/bootstrap/machine.ts', 'test/cluster/bootstrap.test.ts'],
    ['test/cluster/vitest.config.ts', 'test/cluster/queue-lifecycle.test.ts'],
    ['charts/alertmanager.ts', 'test/alerting/alerting.test.ts'],
    ['services/scaler/main.ts', 'test/alerting/alerting.test.ts'],
    ['services/consumer/main.ts', 'test/faults/broker-failure.test.ts'],
    ['services/publisher/main.ts', 'test/faults/publisher-network.test.ts'],
    ['policy/decide/decide.ts', 'test/faults/scaler-outage.test.ts'],
    ['apps/workloads/consumer.ts', 'test/edits/edits.test.ts'],
    ['test/synth/objects.test.ts', 'test/edits/edits.test.ts'],
  ])('%s reaches %s', (path, file) => {
    expect([...reachedBy([path], tests, graph).reached.keys()]).toContain(file);
  });

  test.each([
    ['cli/simulate/table.ts', 'test/cluster/queue-lifecycle.test.ts'],
    ['test/integration/consumer.test.ts', 'test/cluster/queue-lifecycle.test.ts'],
    ['test/alerting/vitest.config.ts', 'test/cluster/queue-lifecycle.test.ts'],
    ['docs/reference/backends.md', 'test/cluster/testbed.test.ts'],
    ['cli/bootstrap/machine.ts', 'test/cluster/placement.test.ts'],
    ['test/cluster/queue-lifecycle.test.ts', 'test/cluster/delivery.test.ts'],
  ])('%s does not reach %s', (path, file) => {
    expect(reachedBy([path], tests, graph).apart).toContain(file);
  });

  test('a path on the way is in the closure', () => {
    expect(closureOf(graph, 'test/cluster/queue-lifecycle.test.ts')).toContain('packages/testbed/provide.ts');
  });
});
