import type { Rank } from '../../findings.ts';

const argo = 'argo-cd v3.5.7 reposerver/repository/repository.go';
const state = 'argo-cd v3.5.7 controller/state.go NormalizeTargetObjects';
const map = (metadata: string, data = 'a: b'): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {${metadata}}, data: {${data}}}`;
export const one = map('name: one, namespace: shop');
const list = (kind: string, items: string): string => `{apiVersion: v1, kind: ${kind}, items: ${items}}`;
export const json =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","namespace":"shop"},"data":{"a":"b"}}';
const application = (path: string, name = 'shop'): string =>
  `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: ${name}, namespace: argocd},
    spec: {source: {path: ${path}}, destination: {namespace: shop}}}`;
const job = (image: string): string =>
  `{apiVersion: batch/v1, kind: Job, metadata: {generateName: import-, namespace: shop}, spec: {template: {spec: {containers: [{name: a, image: ${image}}]}}}}`;
export const file = 'local/shop/one.yaml';
const synced = { 'local/argocd/app.yaml': application('dist/local/shop') };

type Files = Readonly<Record<string, string>>;
type FolderRow = readonly [
  name: string,
  base: Files,
  head: Files,
  rank: Rank | undefined,
  word: RegExp,
  source: string,
];

export const rows: readonly FolderRow[] = [
  ['a ConfigMapList', { [file]: one }, { [file]: list('ConfigMapList', `[${one}]`) }, undefined, /^$/, argo],
  ['a List in a List file', { [file]: one }, { [file]: list('List', `[${one}]`) }, undefined, /^$/, argo],
  [
    'a List of null',
    { [file]: one },
    { [file]: `${one}\n---\n${list('ConfigMapList', 'null')}` },
    undefined,
    /^$/,
    argo,
  ],
  ['a file of JSON', { [file]: one }, { 'local/shop/one.json': json }, undefined, /^$/, argo],
  [
    'a file that is to be skipped',
    { [file]: one },
    { [file]: `# +argocd:skip-file-rendering\n${one}` },
    'prune',
    /removed/,
    argo,
  ],
  [
    'the namespace of the destination',
    { ...synced, [file]: map('name: one') },
    { ...synced, [file]: one },
    undefined,
    /^$/,
    state,
  ],
  [
    'the destination of a path with a slash',
    { 'local/argocd/app.yaml': application('./dist/local/shop/'), [file]: map('name: one') },
    { 'local/argocd/app.yaml': application('./dist/local/shop/'), [file]: one },
    undefined,
    /^$/,
    state,
  ],
  [
    'another namespace than the destination',
    { ...synced, [file]: map('name: one') },
    { ...synced, [file]: map('name: one, namespace: other') },
    'prune',
    /removed/,
    state,
  ],
  [
    'a namespace of what has none',
    { [file]: '{apiVersion: v1, kind: Namespace, metadata: {name: a}}' },
    { [file]: '{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: shop}}' },
    undefined,
    /^$/,
    state,
  ],
  [
    'a Job named at each sync',
    { [file]: job('a') },
    { [file]: job('b') },
    'config',
    /created anew at the next sync/,
    'Kubernetes API conventions, "Idempotency"; argo-cd controller/state.go getCompareResult',
  ],
  [
    'two of them',
    { [file]: `${job('a')}\n---\n${job('b')}` },
    { [file]: `${job('a')}\n---\n${job('b')}` },
    undefined,
    /^$/,
    state,
  ],
];

const git = 'argo-cd v3.5.7 util/git/git.go NormalizeGitURL';
const directory = 'argo-cd.readthedocs.io, Directory';
const source = (fields: string): Files => ({
  'local/argocd/app.yaml': `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a, namespace: argocd},
    spec: {source: {${fields}}}}`,
});
export const sources: readonly FolderRow[] = [
  [
    '.git at the end',
    source('repoURL: "https://a/b"'),
    source('repoURL: "https://a/b.git"'),
    undefined,
    /^$/,
    git,
  ],
  [
    'another repository',
    source('repoURL: "https://a/b"'),
    source('repoURL: "https://a/c"'),
    'prune',
    /pruned/,
    git,
  ],
  [
    'a slash at the end of a path',
    source('path: dist/a'),
    source('path: ./dist/a/'),
    undefined,
    /^$/,
    directory,
  ],
  [
    'recurse: false written down',
    source('path: a'),
    source('path: a, directory: {recurse: false}'),
    undefined,
    /^$/,
    directory,
  ],
  [
    'recurse: false from now on',
    source('directory: {recurse: true}'),
    source('directory: {recurse: false}'),
    'prune',
    /fall out/,
    directory,
  ],
  [
    'recurse: true from now on',
    source('directory: {recurse: false}'),
    source('directory: {recurse: true}'),
    'config',
    /renders it anew/,
    directory,
  ],
  [
    'files left out',
    source('directory: {recurse: true}'),
    source('directory: {recurse: true, exclude: "*.json"}'),
    'prune',
    /fall out/,
    directory,
  ],
];

const multiple = 'argo-cd.readthedocs.io, Multiple Sources for an Application';
const plural = (text: string): Files => ({
  'local/argocd/app.yaml': `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a, namespace: argocd}, spec: {sources: [${text}]}}`,
});
export const forms: readonly FolderRow[] = [
  [
    'source as sources',
    source('repoURL: a, path: b'),
    plural('{repoURL: a, path: b}'),
    undefined,
    /^$/,
    multiple,
  ],
  [
    'sources as source',
    plural('{repoURL: a, path: b}'),
    source('repoURL: a, path: b'),
    undefined,
    /^$/,
    multiple,
  ],
  [
    'source as sources of another path',
    source('repoURL: a, path: b'),
    plural('{repoURL: a, path: c}'),
    'prune',
    /pruned/,
    multiple,
  ],
  [
    'source as sources with another one',
    source('repoURL: a, path: b'),
    plural('{repoURL: a, path: b}, {repoURL: c}'),
    'prune',
    /pruned/,
    multiple,
  ],
];
