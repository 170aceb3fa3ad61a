/**
 * Which room may import which: the one list that docs/adr/0001 prints and rooms.test.ts holds. A room is the
 * longest of these paths that a file is below; a room may always import itself.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  'packages/contracts': ['policy'],
  'packages/manifests': ['policy', 'packages/contracts'],
  'packages/rules': ['policy', 'packages/contracts', 'packages/manifests'],
  'services/runtime': ['policy', 'packages/contracts'],
  services: [],
  'services/api': ['policy', 'packages/contracts', 'services/runtime'],
  // From its sources it bundles its program for browsers itself.
  'services/board': ['policy', 'packages/contracts', 'services/runtime', 'services'],
  'services/collector': ['packages/contracts', 'services/runtime'],
  'services/consumer': ['policy', 'packages/contracts', 'services/runtime'],
  'services/exporter': ['policy', 'packages/contracts', 'services/runtime'],
  'services/inject': ['policy', 'packages/contracts', 'services/runtime'],
  'services/journal': ['policy', 'packages/contracts', 'services/runtime'],
  'services/process': ['policy', 'packages/contracts', 'services/runtime'],
  'services/log-gate': ['packages/contracts', 'services/runtime'],
  'services/log-reports': ['packages/contracts', 'services/runtime'],
  'services/publisher': ['policy', 'packages/contracts', 'services/runtime'],
  // It reads what those two write, by their clients and their schemas.
  'services/query': [
    'policy',
    'packages/contracts',
    'services/runtime',
    'services/process',
    'services/journal',
  ],
  'services/store-backup': ['services/runtime'],
  'services/queue-exporter': ['policy', 'packages/contracts', 'services/runtime'],
  'services/scaler': ['policy', 'packages/contracts', 'services/runtime'],
  'services/topology': ['policy', 'packages/contracts', 'services/runtime'],
  environments: ['policy', 'packages/contracts'],
  charts: ['policy', 'packages/contracts', 'packages/manifests'],
  argocd: ['policy', 'packages/contracts', 'packages/manifests', 'charts'],
  apps: ['policy', 'packages/contracts', 'packages/manifests', 'environments', 'charts', 'argocd'],
  'packages/analysis': [
    'policy',
    'packages/contracts',
    'packages/manifests',
    'environments',
    'charts',
    'apps',
  ],
  'packages/analysis/diff': [
    'policy',
    'packages/contracts',
    'packages/manifests',
    'packages/rules',
    'packages/analysis',
  ],
  'packages/analysis/explain': [
    'policy',
    'packages/contracts',
    'packages/manifests',
    'packages/rules',
    'packages/analysis',
    'environments',
    'charts',
    'apps',
  ],
  'packages/testbed': [
    'services/runtime',
    'policy',
    'packages/contracts',
    'packages/manifests',
    'environments',
    'charts',
    'argocd',
    'apps',
    'services',
  ],
  cli: [
    'policy',
    'packages/contracts',
    'packages/manifests',
    'packages/analysis',
    'packages/analysis/diff',
    'packages/analysis/explain',
    'services/runtime',
    'environments',
    'charts',
    'argocd',
    'apps',
    'packages/testbed',
  ],
  ci: ['services/runtime', 'packages/contracts', 'packages/testbed', 'test'],
  scripts: [
    'policy',
    'environments',
    'services',
    'cli',
    'packages/contracts',
    'packages/manifests',
    'packages/testbed',
  ],
  test: ['*'],
};

/** Files that open what lies in another room, or at the root of the repository -> why no import serves. */
export const readers: Readonly<Record<string, string>> = {
  'apps/platform/exporter.ts':
    'the mapping is a YAML file of the service, held to real answers by the tests beside it',
  'cli/bootstrap.ts': 'dist/ is what is delivered',
  'cli/diff.ts': 'the git work tree is compared',
  'cli/simulate.ts': 'the git work tree is compared',
  'cli/source-fault.ts': 'places are told from the root of the repository',
  'cli/synth.ts': 'dist/ is written',
  'cli/version.ts': 'package.json says the version',
  'scripts/ci/pin-images.ts': 'the files of the digests are rewritten',
  'scripts/ci/write-images.ts': 'the file of the digests is rewritten',
  'packages/analysis/explain/dependencies.ts': 'an image is built from the folder of its name',
  'packages/analysis/explain/explain.ts': 'the line that names a value is shown',
  'packages/analysis/explain/origins.ts': 'places are told from the root of the repository',
};

/**
 * Files and folders that read the desired state of this repository (`apps/main.ts`, the lists of environments and
 * workloads, and what is in them) -> why. All else takes the desired state that it is given, and is tested on that of
 * `apps/testing/`: what a user changes there changes no result of a test but of rules that any desired state passes.
 */
export const desiredStateReaders: Readonly<Record<string, string>> = {
  'cli/advise.ts': 'the policy of a worker is compared',
  'cli/bootstrap.ts': 'an environment is brought to a cluster',
  'cli/capacity.ts': 'what is wanted is counted',
  'cli/cluster.ts': 'addons have the values of the environment on a laptop',
  'cli/diff.ts': 'what the sources render is compared',
  'cli/explain.ts': 'what the sources render is explained',
  'cli/new.ts': 'a queue may be there',
  'cli/new/names.ts': 'a name may be taken',
  'cli/secrets.ts': 'the Secrets of the environment on a laptop are made',
  'cli/simulate.ts': 'what is wanted is simulated',
  'cli/synth.ts': 'what is wanted is rendered',
  'cli/up/options.ts': 'the work of the environment on a laptop runs',
  'cli/up/transactions.ts': 'the work of the environment on a laptop runs',
  'test/bench/synth-child.ts': 'the whole of it is measured',
  'test/dashboards/run.ts': 'the dashboards show a run of this repository',
  'test/synth/': 'rules that any desired state passes',
};
