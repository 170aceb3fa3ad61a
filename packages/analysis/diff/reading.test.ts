import { describe, expect, it } from 'vitest';
import { jsonReport, textReport } from './report.ts';
import { thing } from './testing/corpus/reading.ts';
import { compareYaml, object } from './testing.ts';

describe('YAML, read as Kubernetes reads it', () => {
  it('shows every digit', () => {
    const difference = compareYaml(thing('{a: 9007199254740993}'), thing('{a: 9007199254740992}'));
    expect(textReport(difference)).toContain('spec.a: 9007199254740993 -> 9007199254740992\n');
    expect(jsonReport(difference)).toContain('"before": 9007199254740993,');
  });

  // Where a value is shown in a sentence or is part of a key.
  it.each([
    object(
      'apps/v1',
      'Deployment',
      'spec: {selector: {matchLabels: {a: 100000000000000000}}, template: {spec: {containers: [{name: a, image: a}]}}}',
    ),
    object(
      'apps/v1',
      'Deployment',
      'spec: {selector: {matchLabels: 100000000000000000}, template: {spec: {containers: [{name: a, image: a}]}}}',
    ),
    object('v1', 'Service', 'spec: {selector: {a: 100000000000000000}}'),
    object(
      'monitoring.coreos.com/v1',
      'ServiceMonitor',
      'spec: {selector: {matchLabels: {a: 100000000000000000}}}',
    ),
    object(
      'monitoring.coreos.com/v1',
      'PodMonitor',
      'spec: {selector: {matchLabels: {a: 100000000000000000}}}',
    ),
    object(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'spec: {podSelector: {matchLabels: {a: 100000000000000000}}}',
    ),
    object(
      'rbac.authorization.k8s.io/v1',
      'Role',
      'rules: [{apiGroups: [""], resources: [pods], resourceNames: [100000000000000000], verbs: [get]}]',
    ),
    object(
      'argoproj.io/v1alpha1',
      'ApplicationSet',
      'spec: {generators: [{list: {elements: [{a: 100000000000000000}]}}], template: {}}',
    ),
  ])('reports an integer beyond 2^53 wherever it stands: %s', (having) => {
    const without = having.replaceAll('100000000000000000', '1');
    for (const [base, head] of [
      ['', having],
      [having, ''],
      [without, having],
    ] as const)
      expect(textReport(compareYaml(base, head))).not.toBe('');
  });
});
