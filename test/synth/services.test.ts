import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../services/scaler/report/metrics.ts';
import { containersOf, type Fields, inEnvironment, ofKind, selects, workloadsOf } from './dist.ts';

const portNames = (service: Fields): string[] => service.spec.ports.map(({ name }: Fields) => name);

describe('every Service', () => {
  it.each(ofKind('Service'))(
    '$path names its ports after ports of the pods it selects',
    ({ environment, object }) => {
      const { namespace } = object.metadata;
      const pods = workloadsOf(environment).filter(
        (workload) =>
          workload.object.metadata.namespace === namespace &&
          selects(object.spec.selector, workload.template.metadata.labels),
      );
      expect(pods).toHaveLength(1);
      const open = pods.flatMap(containersOf).flatMap(({ ports }) => ports.map(({ name }: Fields) => name));
      for (const { name, targetPort } of object.spec.ports) {
        expect(name).toMatch(/^[a-z]+$/);
        expect(open).toContain(targetPort);
      }
    },
  );
});

describe('every ServiceMonitor', () => {
  it.each(ofKind('ServiceMonitor'))(
    '$path finds one Service and names its ports',
    ({ environment, object }) => {
      const found = inEnvironment(environment).filter(
        ({ kind, metadata }) =>
          kind === 'Service' &&
          object.spec.namespaceSelector.matchNames.includes(metadata.namespace) &&
          selects(object.spec.selector.matchLabels, metadata.labels),
      );
      expect(found).toHaveLength(1);
      for (const { port } of object.spec.endpoints) expect(portNames(found[0])).toContain(port);
    },
  );
});

describe('every Ingress', () => {
  it.each(ofKind('Ingress'))('$path leads to a named port of a Service', ({ environment, object }) => {
    const [rule] = object.spec.rules;
    const { name, port } = rule.http.paths[0].backend.service;
    // Grafana's and Prometheus' Services come with their addon.
    if (object.metadata.namespace === 'monitoring') {
      expect(name).toBe(`kube-prometheus-stack-${object.metadata.name}`);
      return;
    }
    const service = inEnvironment(environment).find(
      ({ kind, metadata }) =>
        kind === 'Service' && metadata.name === name && metadata.namespace === object.metadata.namespace,
    );
    expect(portNames(service)).toContain(port.name);
  });

  it('has a host of its own in its environment', () => {
    for (const environment of new Set(ofKind('Ingress').map((each) => each.environment))) {
      const hosts = inEnvironment(environment)
        .filter(({ kind }) => kind === 'Ingress')
        .map(({ spec }) => spec.rules[0].host);
      expect(new Set(hosts).size).toBe(3);
    }
  });
});

describe('every alert', () => {
  const runbooks = readFileSync(new URL('../../docs/reference/alerts.md', import.meta.url), 'utf8');
  const alerts = ofKind('PrometheusRule').flatMap(({ path, object }) =>
    object.spec.groups.flatMap(({ rules }: Fields) => rules.map((rule: Fields) => ({ path, ...rule }))),
  );

  it.each(alerts)('$path: $alert says how bad it is, what it means and where to read on', (rule) => {
    expect(rule.alert).toMatch(/^([A-Z][a-z]+)+$/);
    expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toMatch(/\.$/);
    expect(rule.annotations.description).toMatch(/\.$/);
    expect(rule.annotations.runbook_url).toBe(
      `https://github.com/sluice/sluice/blob/main/docs/reference/alerts.md#${rule.alert.toLowerCase()}`,
    );
    expect(runbooks).toContain(`\n## ${rule.alert}\n`);
  });

  it.each(alerts)('$path: $alert names metrics of the scaler that exist', (rule) => {
    for (const metric of rule.expr.match(/sluice_scaler_\w+/g) ?? [])
      expect(Object.keys(METRICS)).toContain(metric);
  });

  it('has no runbook that no alert points to', () => {
    const headings = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual([...new Set(alerts.map(({ alert }) => alert))].sort());
  });
});
