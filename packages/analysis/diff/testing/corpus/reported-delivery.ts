import type { ReportedRow } from '../../testing.ts';
import { app, cm, dep, docs, proj } from './reported-kit.ts';

export const rows: readonly ReportedRow[] = [
  [
    'no automatic sync',
    app('syncPolicy: {automated: {prune: true}}'),
    app('syncPolicy: {}'),
    'config',
    /no longer syncs it automatically/,
    'argo-cd.readthedocs.io, Automated Sync Policy',
  ],
  [
    'an automatic sync that is disabled',
    app('syncPolicy: {automated: {prune: true}}'),
    app('syncPolicy: {automated: {enabled: false, prune: true}}'),
    'config',
    /no longer syncs it automatically/,
    'argo-cd.readthedocs.io, Automated Sync Policy',
  ],
  [
    'no automatic pruning',
    app('syncPolicy: {automated: {prune: true}}'),
    app('syncPolicy: {automated: {prune: false}}'),
    'config',
    /prune/,
    'argo-cd.readthedocs.io, Automated Sync Policy: "Automatic Pruning"',
  ],
  [
    'automatic pruning',
    app('syncPolicy: {automated: {}}'),
    app('syncPolicy: {automated: {prune: true}}'),
    'config',
    /deletes what is removed here/,
    'argo-cd.readthedocs.io, Automated Sync Policy: "Automatic Pruning"',
  ],
  [
    'another revision of an Application',
    app('').replace('path: dist', 'targetRevision: main, path: dist'),
    app('').replace('path: dist', 'targetRevision: v1, path: dist'),
    'config',
    /renders it anew/,
    'argo-cd.readthedocs.io, Tracking and Deployment Strategies',
  ],
  [
    'every object replaced',
    app('syncPolicy: {syncOptions: [CreateNamespace=true]}'),
    app('syncPolicy: {syncOptions: [CreateNamespace=true, Replace=true]}'),
    'recreate',
    /replaces the object/,
    'argo-cd.readthedocs.io, Sync Options: "Replace Resource Instead Of Applying Changes"',
  ],
  [
    'differences that an Application ignores',
    app(''),
    app('ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]'),
    'config',
    /differ/,
    'argo-cd.readthedocs.io, Diffing Customization: "Application Level Configuration"',
  ],
  [
    'a kind on the blacklist',
    {
      'local/argocd/p.yaml': docs(proj('namespaceResourceBlacklist: []'), app('')),
      'local/shop/d.yaml': dep(''),
    },
    {
      'local/argocd/p.yaml': docs(
        proj('namespaceResourceBlacklist: [{group: apps, kind: Deployment}]'),
        app(''),
      ),
      'local/shop/d.yaml': dep(''),
    },
    'broken',
    /does not permit/,
    'argo-cd.readthedocs.io, Projects: "Managing Projects"',
  ],
  [
    'a window without syncs',
    proj(''),
    proj('syncWindows: [{kind: deny, schedule: "* * * * *", duration: 24h, applications: ["*"]}]'),
    'config',
    /when Argo CD may sync/,
    'argo-cd.readthedocs.io, Sync Windows',
  ],
  [
    'Applications of every namespace',
    proj(''),
    proj('sourceNamespaces: ["*"]'),
    'exposure',
    /namespace/,
    'argo-cd.readthedocs.io, Applications in any namespace',
  ],
  [
    'another name of all Applications of a set',
    {
      'local/argocd/s.yaml':
        '{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: all, namespace: argocd}, spec: {generators: [{list: {elements: [{name: shop}]}}], template: {metadata: {name: "{{name}}"}, spec: {source: {path: "dist/local/{{name}}"}}}}}',
      'local/shop/a.yaml': cm('a: b'),
    },
    {
      'local/argocd/s.yaml':
        '{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: all, namespace: argocd}, spec: {generators: [{list: {elements: [{name: shop}]}}], template: {metadata: {name: "app-{{name}}"}, spec: {source: {path: "dist/local/{{name}}"}}}}}',
      'local/shop/a.yaml': cm('a: b'),
    },
    'prune',
    /deletes its 1 objects/,
    'argo-cd.readthedocs.io, Application Pruning & Resource Deletion',
  ],
  [
    'an Application that takes its objects along from now on',
    app(''),
    app('', 'finalizers: [resources-finalizer.argocd.argoproj.io]'),
    'config',
    /delet/,
    'argo-cd.readthedocs.io, App Deletion: "About The Deletion Finalizer"',
  ],
];
