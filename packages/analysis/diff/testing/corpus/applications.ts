export const APP = 'local/argocd/app.yaml';
const docs = 'argo-cd.readthedocs.io';
const claim = (name: string): string =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ${name}, namespace: shop}, spec: {}}`;
export const map = (name: string): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: shop}, data: {a: b}}`;
export const finalizer = 'finalizers: [resources-finalizer.argocd.argoproj.io],';
export const app = (name: string, source: string, metadata = '', destination = 'namespace: shop'): string =>
  `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: ${name}, namespace: argocd, ${metadata}},
    spec: {project: default, source: {repoURL: "https://example.com/a", ${source}}, destination: {${destination}}}}`;
const set = (elements: string, rest = ''): string =>
  `{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: all, namespace: argocd}, spec: {${rest}
    generators: [{list: {elements: [${elements}]}}], template: {spec: {source: {path: "dist/local/{{name}}"}}}}}`;

/** The Application's file before and after, the other files, the rank, a word of why, and what says so. */
type Row = readonly [
  string,
  string,
  string,
  Readonly<Record<string, string>>,
  string | undefined,
  RegExp,
  string,
];

export const shop = { 'local/shop/a.yaml': map('a'), 'local/shop/data.yaml': claim('data') };
const deep = { 'local/shop/a.yaml': map('a'), 'local/shop/below/b.yaml': map('b') };
export const path = 'path: dist/local/shop';

export const rows: readonly Row[] = [
  [
    'a folder that is read no longer',
    app('shop', `${path}, directory: {recurse: true}`),
    app('shop', path),
    deep,
    'prune',
    /ConfigMap shop\/b fall out and are pruned/,
    `${docs}, Directory: "Enabling Recursive Resource Detection"`,
  ],
  [
    'a file that is excluded',
    app('shop', path),
    app('shop', `${path}, directory: {exclude: "a.*"}`),
    deep,
    'prune',
    /ConfigMap shop\/a fall out/,
    `${docs}, Directory: "Excluding Certain Files"`,
  ],
  [
    'a claim that is excluded',
    app('shop', path),
    app('shop', `${path}, directory: {exclude: "{data.yaml,x}"}`),
    shop,
    'data-loss',
    /PersistentVolumeClaim shop\/data fall out/,
    `${docs}, Directory: "Excluding Certain Files"`,
  ],
  [
    'what is not included',
    app('shop', path),
    app('shop', `${path}, directory: {include: "*.json"}`),
    { 'local/shop/a.yaml': map('a') },
    'prune',
    /ConfigMap shop\/a fall out/,
    `${docs}, Directory: "Including Only Certain Files"`,
  ],
  [
    'a pattern that excludes nothing',
    app('shop', path),
    app('shop', `${path}, directory: {exclude: "x*"}`),
    shop,
    'config',
    /no object falls out/,
    `${docs}, Directory: "Excluding Certain Files"`,
  ],
  [
    'more folders',
    app('shop', path),
    app('shop', `${path}, directory: {recurse: true}`),
    deep,
    'config',
    /no object falls out/,
    `${docs}, Directory`,
  ],
  [
    'an Application renamed',
    app('shop', path),
    app('store', path),
    shop,
    'config',
    /its objects stay, and Application argocd\/store syncs them from now on/,
    `${docs}, App Deletion`,
  ],
  [
    'an Application renamed that takes its objects along',
    app('shop', path, finalizer),
    app('store', path, finalizer),
    shop,
    'data-loss',
    /PersistentVolumeClaim shop\/data among them, until Application argocd\/store makes them anew/,
    `${docs}, App Deletion: "About The Deletion Finalizer"`,
  ],
  [
    'an Application removed without the finalizer',
    app('shop', path),
    '',
    shop,
    'prune',
    /its objects stay, and no Application manages them/,
    `${docs}, App Deletion`,
  ],
  [
    'an Application removed with the finalizer',
    app('shop', path, finalizer),
    '',
    { 'local/shop/a.yaml': map('a') },
    'prune',
    /deletes its 1 objects as well/,
    `${docs}, App Deletion`,
  ],
  [
    'another cluster',
    app('shop', path, '', 'server: "https://a.example.com"'),
    app('shop', path, '', 'server: "https://b.example.com"'),
    shop,
    'prune',
    /the old cluster keeps its own, and no Application manages them/,
    `${docs}, Declarative Setup: "Applications"`,
  ],
  [
    'the same cluster by its name',
    app('shop', path, '', 'server: "https://kubernetes.default.svc"'),
    app('shop', path, '', 'name: in-cluster'),
    shop,
    'no-op',
    /the same cluster/,
    `${docs}, Declarative Setup: "Clusters"`,
  ],
  [
    'an element of an ApplicationSet',
    set('{name: shop}, {name: web}'),
    set('{name: web}'),
    shop,
    'data-loss',
    /the Application of shop goes, and deletes its 2 objects as well, PersistentVolumeClaim shop\/data among them/,
    `${docs}, Application Pruning & Resource Deletion`,
  ],
  [
    'an element of an ApplicationSet without data',
    set('{name: shop}'),
    set(''),
    { 'local/shop/a.yaml': map('a') },
    'prune',
    /the Application of shop goes, and deletes its 1 objects/,
    `${docs}, Application Pruning & Resource Deletion`,
  ],
  [
    'an element of an ApplicationSet that preserves',
    set('{name: shop}', 'syncPolicy: {preserveResourcesOnDeletion: true},'),
    set('', 'syncPolicy: {preserveResourcesOnDeletion: true},'),
    shop,
    'prune',
    /its objects stay/,
    `${docs}, Application Pruning & Resource Deletion`,
  ],
  [
    'an ApplicationSet removed',
    set('{name: shop}'),
    '',
    shop,
    'data-loss',
    /PersistentVolumeClaim shop\/data among them/,
    `${docs}, Application Pruning & Resource Deletion`,
  ],
  [
    'an element that is added',
    set('{name: shop}'),
    set('{name: shop}, {name: web}'),
    shop,
    'config',
    /applied in place/,
    `${docs}, List Generator`,
  ],
];
