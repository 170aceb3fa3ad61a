import { describe, expect, it } from 'vitest';
import { documents } from './testing/chains.ts';
import { compareYaml, object } from './testing.ts';

describe('the labels by which a Prometheus finds what it reads', () => {
  const prometheus = (selector: string): string =>
    object('monitoring.coreos.com/v1', 'Prometheus', `spec: {ruleSelector: ${selector}}`).replace(
      'name: web',
      'name: main',
    );
  const chart = object(
    'argoproj.io/v1alpha1',
    'Application',
    'spec: {project: default, source: {chart: kube-prometheus-stack}, destination: {namespace: monitoring}}',
  ).replace('name: web', 'name: kube-prometheus-stack');
  const rules = (labels: string): string =>
    object('monitoring.coreos.com/v1', 'PrometheusRule', 'spec: {groups: []}', `labels: {${labels}}`);
  const why = (base: string, head: string): string =>
    compareYaml(base, head)
      .broken.map((one) => one.why)
      .join('\n');

  it.each([
    [
      'a label of rules',
      documents(prometheus('{matchLabels: {role: alerts}}'), rules('role: alerts')),
      'labels: {role: alerts}',
      'labels: {role: rules}',
    ],
    [
      'the selector of a Prometheus',
      documents(prometheus('{matchLabels: {role: alerts}}'), rules('role: alerts')),
      'matchLabels: {role: alerts}',
      'matchLabels: {role: main}',
    ],
    [
      'the release of the chart',
      documents(chart, rules('release: kube-prometheus-stack')),
      'release: kube-prometheus-stack}',
      'team: a}',
    ],
  ])('%s: no Prometheus reads them any more', (_, base, from, to) => {
    const head = base.replace(from, to);
    expect(head).not.toBe(base);
    expect(why(base, head)).toMatch(/is read by: no Prometheus selects its labels/);
  });

  it('are free where it selects everything', () => {
    const base = documents(prometheus('{}'), rules('role: alerts'));
    expect(why(base, base.replace('role: alerts', 'role: rules'))).toBe('');
  });
});
