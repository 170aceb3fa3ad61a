import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../contracts/errors.ts';
import { snapshotOf } from '../../manifests/objects.ts';
import { compareYaml, object, type Row, workload } from './testing.ts';

const service = (spec: string, metadata = ''): string => object('v1', 'Service', `spec: {${spec}}`, metadata);
const configMap = (data: string, rest = ''): string => object('v1', 'ConfigMap', `data: {${data}}, ${rest}`);
const policy = (spec: string): string => object('networking.k8s.io/v1', 'NetworkPolicy', `spec: {${spec}}`);
const namespace = (labels: string): string =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {${labels}}}}`;
const role = (rules: string): string => object('rbac.authorization.k8s.io/v1', 'Role', `rules: [${rules}]`);
const binding = (rest: string): string => object('rbac.authorization.k8s.io/v1', 'RoleBinding', rest);
const alerts = (groups: string): string =>
  object('monitoring.coreos.com/v1', 'PrometheusRule', `spec: {groups: [${groups}]}`);
const hashed = (kind: string, hash: string): string =>
  object('v1', kind, 'data: {a: b}').replace('name: web', `name: web-${hash}`);
const deployment = workload('Deployment', 'image: a');
const labelled = (labels: string): string =>
  deployment.replace('namespace: shop,', `namespace: shop, labels: {${labels}}`);
const priority = (value: number): string =>
  `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: ${value}}`;

const rows: readonly Row[] = [
  ['nothing', deployment, deployment, undefined, /^$/],
  [
    'keys in another order',
    '{apiVersion: v1, kind: Service, metadata: {name: a}}',
    '{metadata: {name: a}, kind: Service, apiVersion: v1}',
    undefined,
    /^$/,
  ],
  ['a label that no selector uses', deployment, labelled('team: a'), 'metadata', /no selector/],
  ['a label that a selector asks for', labelled('app: a'), labelled('app: b'), 'config', /selector asks/],
  ['no labels, written down', deployment, labelled(''), undefined, /^$/],
  [
    'an annotation',
    deployment,
    deployment.replace('namespace: shop,', 'namespace: shop, annotations: {a: b}'),
    'metadata',
    /annotation/,
  ],
  [
    'an annotation of an Ingress',
    object('networking.k8s.io/v1', 'Ingress', 'spec: {}'),
    object('networking.k8s.io/v1', 'Ingress', 'spec: {}', 'annotations: {a: b}'),
    'config',
    /controller/,
  ],
  [
    'another wave',
    deployment,
    deployment.replace(
      'namespace: shop,',
      'namespace: shop, annotations: {argocd.argoproj.io/sync-wave: "1"}',
    ),
    'config',
    /Argo CD/,
  ],
  ['a label of a Namespace', namespace('a: b'), namespace('a: c'), 'metadata', /no selector/],
  [
    'weaker Pod Security',
    namespace('pod-security.kubernetes.io/enforce: restricted'),
    namespace('pod-security.kubernetes.io/enforce: baseline'),
    'exposure',
    /Pod Security/,
  ],
  [
    'another API version',
    object('autoscaling/v1', 'X', 'spec: {}'),
    object('autoscaling/v2', 'X', 'spec: {}'),
    'config',
    /API version/,
  ],
  [
    'another port',
    service('ports: [{port: 80}]'),
    service('ports: [{port: 81}]'),
    'config',
    /how it is reached/,
  ],
  [
    'ports in another order',
    service('ports: [{port: 80}, {port: 53, protocol: UDP}, {port: 53}]'),
    service('ports: [{port: 53}, {port: 80}, {port: 53, protocol: UDP}]'),
    undefined,
    /^$/,
  ],
  [
    'a Service without an address',
    service('type: ClusterIP'),
    service('type: ClusterIP, clusterIP: None'),
    'recreate',
    /immutable/,
  ],
  ['a key of a ConfigMap', configMap('a: b'), configMap('a: c'), 'config', /no pod template/],
  [
    'a ConfigMap that cannot change',
    configMap('a: b', 'immutable: true'),
    configMap('a: c', 'immutable: true'),
    'recreate',
    /immutable/,
  ],
  [
    'a ConfigMap from now on fixed',
    configMap('a: b'),
    configMap('a: b', 'immutable: true'),
    'config',
    /in place/,
  ],
  [
    'a document with other spaces',
    configMap(`x.json: '{"a":1,"b":[2]}'`),
    configMap(`x.json: '{ "b": [2], "a": 1 }'`),
    'no-op',
    /same content/,
  ],
  [
    'a document with another value',
    configMap(`x.json: '{"a":1}'`),
    configMap(`x.json: '{"a":2}'`),
    'config',
    /no pod template/,
  ],
  [
    'a document that is broken, and broken otherwise',
    configMap(`x.yaml: '{a: 1'`),
    configMap(`x.yaml: '{a: 1,'`),
    'config',
    /no pod template/,
  ],
  ['no data, written down', object('v1', 'ConfigMap', ''), configMap(''), undefined, /^$/],
  [
    'a Secret of another type',
    object('v1', 'Secret', 'type: a'),
    object('v1', 'Secret', 'type: b'),
    'recreate',
    /immutable/,
  ],
  [
    'a policy for all pods',
    policy('podSelector: {matchLabels: {app: a}}'),
    policy('podSelector: {}'),
    'config',
    /who may talk to whom/,
  ],
  [
    'all namespaces instead of this one',
    policy('ingress: [{from: [{podSelector: {}}]}]'),
    policy('ingress: [{from: [{podSelector: {}, namespaceSelector: {}}]}]'),
    'config',
    /in place/,
  ],
  [
    'peers in another order',
    policy('egress: [{to: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]}, {}]'),
    policy('egress: [{}, {to: [{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}]}]'),
    undefined,
    /^$/,
  ],
  [
    'no peers, written down',
    policy('policyTypes: [Ingress]'),
    policy('policyTypes: [Ingress], ingress: []'),
    undefined,
    /^$/,
  ],
  [
    'another verb',
    role('{resources: [pods], verbs: [get]}'),
    role('{resources: [pods], verbs: [get, list]}'),
    'config',
    /who may do what/,
  ],
  [
    'verbs in another order',
    role('{verbs: [get, list]}, {verbs: [watch]}'),
    role('{verbs: [watch]}, {verbs: [list, get]}'),
    undefined,
    /^$/,
  ],
  [
    'another role bound',
    binding('roleRef: {name: a}'),
    binding('roleRef: {name: b}'),
    'recreate',
    /immutable/,
  ],
  [
    'another subject',
    binding('subjects: [{name: a}]'),
    binding('subjects: [{name: b}]'),
    'config',
    /who may do what/,
  ],
  ['another priority', priority(1), priority(2), 'recreate', /immutable/],
  [
    'another alert',
    alerts('{name: a, rules: [{alert: A, expr: up}]}'),
    alerts('{name: a, rules: [{alert: A, expr: down}]}'),
    'config',
    /who is alerted/,
  ],
  [
    'groups of alerts in another order',
    alerts('{name: a}, {name: b}'),
    alerts('{name: b}, {name: a}'),
    undefined,
    /^$/,
  ],
  [
    'rules of one group in another order',
    alerts('{name: a, rules: [{expr: x}, {expr: y}]}'),
    alerts('{name: a, rules: [{expr: y}, {expr: x}]}'),
    'config',
    /in place/,
  ],
  ['an object added', '', service(''), 'config', /added/],
  ['an object removed', service(''), '', 'prune', /removed: Argo CD deletes it/],
  [
    'an object named after its content',
    hashed('ConfigMap', '0acf1208b7'),
    hashed('ConfigMap', '1bcf1208b7'),
    'prune',
    /followed by web-1bcf1208b7/,
  ],
];

describe('a change of what is described', () => {
  it.each(rows)('%s', (_, base, head, rank, word) => {
    const { worst, changes } = compareYaml(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });

  it('distinguishes objects by group, namespace and environment', () => {
    const files = {
      'a/x/1.yaml': service(''),
      'b/x/1.yaml': service(''),
      'a/x/2.yaml': service('').replace('v1', 'serving.knative.dev/v1'),
    };
    expect(snapshotOf('base', new Map(Object.entries(files))).objects.size).toBe(3);
  });

  it('takes the items of a List for objects of their own', () => {
    const list = `{apiVersion: v1, kind: List, items: [${service('')}, ${deployment}]}`;
    expect(compareYaml(list, `${deployment}\n---\n${service('')}`).worst).toBeUndefined();
  });

  it('names every file that it cannot read, and nothing of what stands in it', () => {
    const files = new Map([
      ['a/x/1.yaml', 'stringData: {password: hunter2'],
      ['a/x/2.yaml', 'kind: Secret'],
      ['a/x/3.yaml', service('')],
      ['a/x/4.yaml', service('')],
    ]);
    const read = (): unknown => snapshotOf('base', files);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(
      /1\.yaml is no YAML.*\n.*2\.yaml holds something.*\n.*3\.yaml and dist\/a\/x\/4\.yaml are both Service shop\/web/,
    );
    expect(read).not.toThrow(/hunter2/);
  });
});
