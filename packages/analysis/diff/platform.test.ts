import { describe, expect, it } from 'vitest';
import { compareYaml, object, type Row } from './testing.ts';

const change = (apiVersion: string, kind: string, before: string, after: string): [string, string] => [
  object(apiVersion, kind, before),
  object(apiVersion, kind, after),
];
const spec = (apiVersion: string, kind: string, before: string, after: string): [string, string] =>
  change(apiVersion, kind, `spec: {${before}}`, `spec: {${after}}`);
const application = (before: string, after: string): [string, string] =>
  spec('argoproj.io/v1alpha1', 'Application', before, after);
const nodePool = (before: string, after: string): [string, string] =>
  spec('karpenter.sh/v1', 'NodePool', before, after);
const annotated = (kind: string): [string, string] => [
  object('v1', kind, 'a: 1'),
  object('v1', kind, 'a: 1', 'annotations: {role: b}'),
];

const rows: readonly Row[] = [
  [
    'another chart version',
    ...application('source: {targetRevision: 1.0.0}', 'source: {targetRevision: 2.0.0}'),
    'config',
    /not in dist/,
  ],
  [
    'other values of a chart',
    ...application('source: {helm: {valuesObject: {a: 1}}}', 'source: {helm: {valuesObject: {a: 2}}}'),
    'config',
    /not in dist/,
  ],
  [
    'another chart',
    ...application('source: {chart: a}', 'source: {chart: b}'),
    'prune',
    /only the old source/,
  ],
  [
    'another of several sources',
    ...application('sources: [{repoURL: a}]', 'sources: [{repoURL: b}]'),
    'prune',
    /only the old source/,
  ],
  [
    'another namespace',
    ...application('destination: {namespace: a}', 'destination: {namespace: b}'),
    'prune',
    /without a namespace of their own/,
  ],
  [
    'options in another order',
    ...application('syncPolicy: {syncOptions: [a, b]}', 'syncPolicy: {syncOptions: [b, a]}'),
    undefined,
    /^$/,
  ],
  [
    'an Application that takes its objects along',
    object('argoproj.io/v1alpha1', 'Application', 'spec: {}'),
    object(
      'argoproj.io/v1alpha1',
      'Application',
      'spec: {}',
      'finalizers: [resources-finalizer.argocd.argoproj.io]',
    ),
    'config',
    /whether its objects go/,
  ],
  [
    'a project that allows less',
    ...spec('argoproj.io/v1alpha1', 'AppProject', 'sourceRepos: [a, b]', 'sourceRepos: [b]'),
    'config',
    /may sync/,
  ],
  ['more nodes', ...nodePool('limits: {cpu: 10}', 'limits: {cpu: 20}'), 'scaling', /how many nodes/],
  ['as many nodes', ...nodePool('limits: {cpu: 10}', 'limits: {cpu: 10000m}'), undefined, /^$/],
  ['other nodes', ...nodePool('template: {spec: {a: 1}}', 'template: {spec: {a: 2}}'), 'config', /drift/],
  ['a role of an account', ...annotated('ServiceAccount'), 'config', /controller/],
  ['an annotation of a ConfigMap', ...annotated('ConfigMap'), 'metadata', /annotation/],
  [
    'a class of another controller',
    ...spec('networking.k8s.io/v1', 'IngressClass', 'controller: a', 'controller: b'),
    'recreate',
    /immutable/,
  ],
  [
    'a quota of another scope',
    ...spec('v1', 'ResourceQuota', 'scopes: [Terminating]', 'scopes: [BestEffort]'),
    'recreate',
    /immutable/,
  ],
  [
    'a quota of the same size',
    ...spec('v1', 'ResourceQuota', 'hard: {cpu: 2}', 'hard: {cpu: 2000m}'),
    undefined,
    /^$/,
  ],
  [
    'another load balancer',
    ...spec('v1', 'Service', 'loadBalancerClass: a', 'loadBalancerClass: b'),
    'recreate',
    /immutable/,
  ],
  [
    'another family of addresses',
    ...spec('v1', 'Service', 'ipFamilies: [IPv4]', 'ipFamilies: [IPv6]'),
    'recreate',
    /immutable/,
  ],
  [
    'a second family of addresses',
    ...spec('v1', 'Service', 'ipFamilies: [IPv4]', 'ipFamilies: [IPv4, IPv6]'),
    'config',
    /in place/,
  ],
  [
    'smaller storage',
    ...spec('v1', 'PersistentVolume', 'capacity: {storage: 2Gi}', 'capacity: {storage: 1Gi}'),
    'data-loss',
    /shrink/,
  ],
  [
    'another source of a Secret',
    ...spec('external-secrets.io/v1', 'ExternalSecret', 'data: [{secretKey: a}]', 'data: [{secretKey: b}]'),
    'config',
    /where a Secret comes from/,
  ],
  [
    'another port to measure',
    ...spec('monitoring.coreos.com/v1', 'ServiceMonitor', 'endpoints: [{port: a}]', 'endpoints: [{port: b}]'),
    'config',
    /what is measured/,
  ],
  [
    'storage of an Elasticsearch',
    ...spec(
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      'nodeSets: [{volumeClaimTemplates: [{spec: {a: 1}}]}]',
      'nodeSets: [{volumeClaimTemplates: [{spec: {a: 2}}]}]',
    ),
    'recreate',
    /node set/,
  ],
  [
    'pods of a ReplicaSet',
    ...spec('apps/v1', 'ReplicaSet', 'template: {spec: {a: 1}}', 'template: {spec: {a: 2}}'),
    'config',
    /new pods only/,
  ],
  [
    'how a Job completes',
    ...spec('batch/v1', 'Job', 'completionMode: Indexed', 'completionMode: NonIndexed'),
    'recreate',
    /new Job/,
  ],
  [
    'a Secret that cannot change',
    ...change('v1', 'Secret', 'immutable: true, data: {a: YQ==}', 'immutable: true, data: {a: Yg==}'),
    'recreate',
    /immutable/,
  ],
  [
    'a kind of another group that is called like one of Kubernetes',
    ...spec('example.com/v1', 'StatefulSet', 'serviceName: a', 'serviceName: b'),
    'config',
    /in place/,
  ],
  [
    'a list of unknown order',
    ...spec('example.com/v1', 'Thing', 'ports: [{name: a}, {name: b}]', 'ports: [{name: b}, {name: a}]'),
    'config',
    /in place/,
  ],
  [
    'a list with one name twice',
    ...spec(
      'v1',
      'Service',
      'ports: [{port: 1, a: 1}, {port: 1, a: 2}]',
      'ports: [{port: 1, a: 2}, {port: 1, a: 1}]',
    ),
    'config',
    /in place/,
  ],
  [
    'a list that became a map',
    ...spec('v1', 'Service', 'ports: [{port: 1}]', 'ports: {port: 1}'),
    'config',
    /in place/,
  ],
  [
    'a value that became nothing',
    ...spec('v1', 'Service', 'type: LoadBalancer', 'type: null'),
    'config',
    /in place/,
  ],
  [
    'a label called like a method',
    ...change('v1', 'ConfigMap', 'data: {}', 'data: {constructor: a}'),
    'config',
    /no pod template/,
  ],
];

describe('a change of the platform', () => {
  it.each(rows)('%s', (_, base, head, rank, word) => {
    const { worst, changes } = compareYaml(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });
});
