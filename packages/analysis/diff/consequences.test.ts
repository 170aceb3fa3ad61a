import { expect, it } from 'vitest';
import { type BreakRow, describeBreaks, documents, web } from './testing/chains.ts';
import { compareYaml, object } from './testing.ts';

const chart = (name: string): string =>
  `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: ${name}, namespace: argocd},
    spec: {project: default, source: {repoURL: "https://example.com", chart: ${name}, targetRevision: 1.0.0}, destination: {namespace: ${name}}}}`;
const scaled = object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {scaleTargetRef: {name: web}}');
const secret = object('external-secrets.io/v1', 'ExternalSecret', 'spec: {}');
const nodes = object('karpenter.k8s.aws/v1', 'EC2NodeClass', 'spec: {}');
const both = (one: string, operator: string): string => documents(one, operator);

const rows: readonly BreakRow[] = [
  [
    'a ScaledObject that goes together with KEDA',
    [web, scaled, chart('keda')],
    both(scaled, chart('keda')),
    '',
    /ScaledObject shop\/web stays in deletion, .*only keda takes 'finalizer.keda.sh' off it; remove Application argocd\/keda after it/,
    'kedacore/keda, controllers/keda/scaledobject_finalizer.go',
  ],
  [
    'KEDA that leaves a ScaledObject behind',
    [web, scaled, chart('keda')],
    chart('keda'),
    '',
    /ScaledObject shop\/web stays in deletion/,
    'kedacore/keda, controllers/keda/scaledobject_finalizer.go',
  ],
  [
    'an ExternalSecret that goes together with its operator',
    [secret, chart('external-secrets')],
    both(secret, chart('external-secrets')),
    object('v1', 'Secret', 'data: {}'),
    /ExternalSecret shop\/web stays in deletion/,
    'external-secrets/external-secrets, pkg/controllers/externalsecret/externalsecret_controller.go',
  ],
  [
    'an EC2NodeClass that goes together with Karpenter',
    [nodes, chart('karpenter')],
    both(nodes, chart('karpenter')),
    object('v1', 'ConfigMap', 'data: {}'),
    /EC2NodeClass web stays in deletion: only karpenter/,
    'aws/karpenter-provider-aws, pkg/apis/v1/labels.go',
  ],
];

describeBreaks('the last objects of an operator', rows);

it('go before their operator without a word, and it may follow them', () => {
  const [all, operator, none] = [[web, scaled, chart('keda')], [web, chart('keda')], [web]].map((objects) =>
    documents(...objects),
  );
  expect(compareYaml(all ?? '', operator ?? '').broken).toEqual([]);
  expect(compareYaml(operator ?? '', none ?? '').broken).toEqual([]);
});
