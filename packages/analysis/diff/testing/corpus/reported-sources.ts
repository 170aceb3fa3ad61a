import { object, type ReportedRow } from '../../testing.ts';
import { app, cm } from './reported-kit.ts';

const ARGO = 'argoproj.io/v1alpha1';
const chart = (source: string): string =>
  `{apiVersion: ${ARGO}, kind: Application, metadata: {name: cache, namespace: argocd},
    spec: {project: default, destination: {namespace: shop}, source: {repoURL: "https://charts.example.com", chart: cache, targetRevision: 1.2.3, ${source}}}}`;
const files = (application: string, of: readonly string[] = ['a']): Readonly<Record<string, string>> => ({
  'local/delivery/app.yaml': application,
  ...Object.fromEntries(
    of.map((name) => [`local/shop/${name}.yaml`, cm('a: b').replace('name: web', `name: ${name}`)]),
  ),
});
const folder = (source: string, spec = ''): string =>
  `{apiVersion: ${ARGO}, kind: Application, metadata: {name: shop, namespace: argocd},
    spec: {project: default, ${spec} destination: {namespace: shop}, source: {repoURL: "https://example.com/Team/Repo", path: dist/local/shop, ${source}}}}`;
const set = (generators: string): string =>
  `{apiVersion: ${ARGO}, kind: ApplicationSet, metadata: {name: all, namespace: argocd}, spec: {generators: [${generators}],
    template: {metadata: {name: "{{path.basename}}", finalizers: [resources-finalizer.argocd.argoproj.io]}, spec: {project: default, source: {repoURL: "https://example.com/a", path: "{{path}}"}, destination: {namespace: shop}}}}}`;

export const rows: readonly ReportedRow[] = [
  [
    'HEAD written down',
    files(folder('')),
    files(folder('targetRevision: HEAD')),
    undefined,
    /nothing changes/,
    'argo-cd.readthedocs.io, Tracking and Deployment Strategies',
  ],
  [
    'a repository in lower case',
    files(folder('')),
    files(folder('').replace('Team/Repo', 'team/repo')),
    undefined,
    /nothing changes/,
    'argo-cd v3.5.7 util/git/git.go: NormalizeGitURL',
  ],
  [
    'an automatic sync with its defaults',
    files(folder('', 'syncPolicy: {automated: {}},')),
    files(
      folder(
        '',
        'syncPolicy: {automated: {prune: false, selfHeal: false, allowEmpty: false, enabled: true}},',
      ),
    ),
    undefined,
    /nothing changes/,
    'argo-cd.readthedocs.io, Automated Sync Policy',
  ],
  [
    'the history of an Application',
    files(folder('')),
    files(folder('', 'revisionHistoryLimit: 10,')),
    undefined,
    /nothing changes/,
    'argo-cd.readthedocs.io, Application Specification',
  ],
  [
    'values of a chart as an object',
    files(chart('helm: {values: "replicas: 2\\n"}')),
    files(chart('helm: {valuesObject: {replicas: 2}}')),
    undefined,
    /nothing changes/,
    'argo-cd.readthedocs.io, Helm',
  ],
  [
    'other values of a chart as an object',
    files(chart('helm: {values: "replicas: 2\\n"}')),
    files(chart('helm: {valuesObject: {replicas: 3}}')),
    'config',
    /replicas/,
    'argo-cd.readthedocs.io, Helm',
  ],
  [
    'values of a chart with other spaces',
    files(chart('helm: {values: "a: {b: 1}\\n"}')),
    files(chart('helm: {values: "a:\\n  b: 1\\n"}')),
    'no-op',
    /other text, same content/,
    'argo-cd.readthedocs.io, Helm',
  ],
  [
    'definitions that a chart no longer brings',
    files(chart('helm: {}')),
    files(chart('helm: {skipCrds: true}')),
    'data-loss',
    /CustomResourceDefinition/,
    'argo-cd.readthedocs.io, Helm',
  ],
  [
    'another name of a release',
    files(chart('helm: {releaseName: cache}')),
    files(chart('helm: {releaseName: store}')),
    'prune',
    /names/,
    'argo-cd.readthedocs.io, Helm',
  ],
  [
    'the name of a release, written down',
    files(chart('helm: {}')),
    files(chart('helm: {releaseName: cache}')),
    'no-op',
    /the same name of the release/,
    'argo-cd.readthedocs.io, Helm',
  ],
  [
    'a prefix of all names',
    files(folder('')),
    files(folder('kustomize: {namePrefix: a-}')),
    'config',
    /renders it anew/,
    'argo-cd.readthedocs.io, Tool Detection',
  ],
  [
    'an Application that Argo CD skips',
    files(app('')),
    files(app('', 'annotations: {argocd.argoproj.io/skip-reconcile: "true"}')),
    'config',
    /no longer/,
    'argo-cd.readthedocs.io, Skip Application Reconcile',
  ],
  [
    'a folder that a generator no longer takes',
    files(
      set('{git: {repoURL: "https://example.com/a", revision: HEAD, directories: [{path: "dist/local/*"}]}}'),
    ),
    files(
      set(
        '{git: {repoURL: "https://example.com/a", revision: HEAD, directories: [{path: "dist/local/*"}, {path: dist/local/shop, exclude: true}]}}',
      ),
    ),
    'prune',
    /shop/,
    'argo-cd.readthedocs.io, Git Generator: "Exclude directories"',
  ],
  [
    'a claim in a folder that a generator no longer takes',
    {
      ...files(
        set(
          '{git: {repoURL: "https://example.com/a", revision: HEAD, directories: [{path: "dist/local/*"}]}}',
        ),
      ),
      'local/shop/c.yaml': object('v1', 'PersistentVolumeClaim', 'spec: {}'),
    },
    {
      ...files(
        set(
          '{git: {repoURL: "https://example.com/a", revision: HEAD, directories: [{path: "dist/local/b*"}]}}',
        ),
      ),
      'local/shop/c.yaml': object('v1', 'PersistentVolumeClaim', 'spec: {}'),
    },
    'data-loss',
    /PersistentVolumeClaim shop\/web/,
    'argo-cd.readthedocs.io, Git Generator',
  ],
  [
    'folders that a generator takes in addition',
    files(
      set(
        '{git: {repoURL: "https://example.com/a", revision: HEAD, directories: [{path: dist/local/shop}]}}',
      ),
    ),
    files(
      set('{git: {repoURL: "https://example.com/a", revision: HEAD, directories: [{path: "dist/local/*"}]}}'),
    ),
    'config',
    /ApplicationSet/,
    'argo-cd.readthedocs.io, Git Generator',
  ],
  [
    'kinds that Argo CD no longer looks at',
    object(
      'v1',
      'ConfigMap',
      'data: {resource.exclusions: ""}',
      'labels: {app.kubernetes.io/part-of: argocd}',
    ).replace('name: web, namespace: shop', 'name: argocd-cm, namespace: argocd'),
    object(
      'v1',
      'ConfigMap',
      'data: {resource.exclusions: "- kinds: [Deployment]"}',
      'labels: {app.kubernetes.io/part-of: argocd}',
    ).replace('name: web, namespace: shop', 'name: argocd-cm, namespace: argocd'),
    'config',
    /Argo CD/,
    'argo-cd.readthedocs.io, Declarative Setup',
  ],
  [
    'an administrator of Argo CD',
    cm('policy.csv: ""').replace('name: web, namespace: shop', 'name: argocd-rbac-cm, namespace: argocd'),
    cm('policy.csv: "g, dev, role:admin"').replace(
      'name: web, namespace: shop',
      'name: argocd-rbac-cm, namespace: argocd',
    ),
    'exposure',
    /role:admin/,
    'argo-cd.readthedocs.io, RBAC Configuration',
  ],
  [
    'another finalizer that deletes in the background',
    files(app('', 'finalizers: [resources-finalizer.argocd.argoproj.io]')),
    files(app('', 'finalizers: [resources-finalizer.argocd.argoproj.io/background]')),
    'config',
    /its objects go/,
    'argo-cd.readthedocs.io, App Deletion: "About The Deletion Finalizer"',
  ],
];
