/**
 * What modules use beside what they import: a module -> files, folders (with a slash at the end) and programs (.ts,
 * whose imports count too), below the root. A test holds that no module of a cluster test is missing that
 * finds files by its own place.
 */
export const READS: Readonly<Record<string, readonly string[]>> = {
  'apps/platform/exporter.ts': ['services/exporter/mappings/'],
  'cli/bootstrap.ts': ['dist/'],
  'cli/up/processes.ts': ['services/', 'packages/contracts/', 'policy/'],
  // Run inside of image builds alone: what they bundle is the images' input.
  'services/bundle.ts': ['services/', 'packages/contracts/', 'policy/'],
  'packages/testbed/from-source/port-forwards.ts': ['packages/testbed/from-source/port-forward.ts'],
  'packages/testbed/images/build.ts': [
    'packages/testbed/images/elasticsearch/',
    'packages/testbed/images/python-worker/',
    'packages/testbed/images/rabbitmq/',
    'packages/testbed/images/valkey/',
  ],
  'packages/testbed/images/standin.ts': ['package-lock.json'],
  'packages/testbed/kind/provider.ts': ['packages/testbed/kind.yaml'],
  'packages/testbed/lib/elasticsearch.ts': ['packages/testbed/tools/elasticsearch/'],
  'packages/testbed/lib/tools.ts': ['packages/testbed/tools/'],
  // Pictures for the documentation, which no test reads.
  'test/backups/index.test.ts': ['docs/how-to/restore-a-store.md'],
  'test/board/browser.ts': [],
  'test/board/recorded.test.ts': ['test/board/fixtures/'],
  'test/board/system.ts': ['cli/', 'apps/workloads/', 'services/', 'packages/contracts/', 'policy/'],
  // It writes what the browser's tests read, where that is asked for.
  'test/cluster/board.test.ts': [],
  'test/cluster/checkov.test.ts': ['docs/reference/checkov.md', 'dist/'],
  'test/cluster/load.ts': ['package-lock.json'],
  'test/cluster/network.test.ts': ['test/synth/golden/connections.md'],
  'test/cluster/parity-backends.ts': ['services/scaler/main.ts'],
  'test/cluster/parity-queue.ts': ['test/cluster/parity-broker.ts'],
  'test/cluster/parity-report.ts': ['docs/reference/backends.md'],
  'test/cluster/permissions.ts': ['test/synth/golden/permissions.md'],
  'test/cluster/rendered.ts': ['dist/'],
  'test/cluster/scores.test.ts': ['docs/reference/scores.md'],
  'test/cluster/system.ts': [
    'services/',
    'packages/contracts/',
    'policy/',
    '.dockerignore',
    'packages/testbed/images/rabbitmq/',
  ],
  'test/cluster/vitest.config.ts': ['ci/runner.ts'],
  'test/cluster/worker-logs.ts': ['services/publisher/main.ts'],
  'test/edits/example.ts': ['test/edits/example/'],
  'test/edits/check.ts': ['test/synth/', 'vitest.config.ts', 'biome.json'],
  'test/integration/scaler-harness.ts': ['test/integration/scaler-worker.ts'],
  'test/logs/log-reports-harness.ts': ['services/log-reports/main.ts'],
  'test/support/log-gate.ts': ['services/log-gate/main.ts'],
  'test/transactions/scaled.test.ts': ['services/', 'packages/contracts/', 'policy/'],
  'test/scanners/checkov.ts': ['test/scanners/checkov/'],
  'test/synth/dist.ts': ['dist/'],
  // The work tree, as a person has it.
  'test/support/checkout.ts': [
    'apps/',
    'argocd/',
    'charts/',
    'cli/',
    'environments/',
    'packages/',
    'policy/',
  ],
  // It lists files; who reads them says so.
  'test/support/work-tree.ts': [],
};

/** Files on which everything depends. */
export const EVERYTHING: readonly string[] = [
  '.ci/',
  '.npmrc',
  'ci/',
  'package.json',
  'package-lock.json',
  'scripts/bootstrap.mjs',
  'tsconfig.json',
];

/** What no test on a cluster reads unless its row says so. */
export const PROSE =
  /(?:^|\/)(?:docs|\.github|\.vscode|scripts)\/|\.md$|(?:^|\/)(?:LICENSE|\.gitignore|biome\.json|renovate\.json5?)$/;
