/**
 * Which room may import which: the one list that docs/adr/0001 prints and rooms.test.ts holds. A room is the
 * longest of these paths that a file is below; a room may always import itself.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  'packages/contracts': ['policy'],
  'packages/manifests': ['policy', 'packages/contracts'],
  'services/runtime': ['policy', 'packages/contracts'],
  services: [],
  'services/api': ['policy', 'packages/contracts', 'services/runtime'],
  'services/consumer': ['policy', 'packages/contracts', 'services/runtime'],
  'services/exporter': ['policy', 'packages/contracts', 'services/runtime'],
  'services/publisher': ['policy', 'packages/contracts', 'services/runtime'],
  'services/scaler': ['policy', 'packages/contracts', 'services/runtime'],
  'services/topology': ['policy', 'packages/contracts', 'services/runtime'],
  environments: ['packages/contracts'],
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
  'test/bed': [
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
    'services/runtime',
    'environments',
    'charts',
    'argocd',
    'apps',
    'test/bed',
  ],
  ci: ['packages/contracts', 'test/bed', 'test'],
  scripts: [
    'policy',
    'environments',
    'services',
    'cli',
    'packages/contracts',
    'packages/manifests',
    'test/bed',
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
  'packages/analysis/explain/chains.ts': 'an image is built from the folder of its name',
  'packages/analysis/explain/explain.ts': 'the line that names a value is shown',
  'packages/analysis/explain/origins.ts': 'places are told from the root of the repository',
};
