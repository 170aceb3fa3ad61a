import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workloads } from '../../apps/workloads/index.ts';
import { boardPages } from '../../environments/environment.ts';
import { environments } from '../../environments/index.ts';
import { producersOf } from '../../packages/contracts/metrics/catalogue.ts';
import { shippedAlerts, transactionAlerts } from './alerts/shipped.ts';
import { containersOf, objectsIn, ofKind, selects, workloadsOf } from './dist.ts';
import type { ObjectOf } from './shapes.ts';

const portNames = (service?: ObjectOf<'Service'>): string[] =>
  service?.spec.ports.map(({ name }) => name) ?? [];

describe('every Service', () => {
  it.each(ofKind('Service'))(
    '$path names its ports after ports of the pods it selects',
    ({ environment, object }) => {
      const pods = workloadsOf(environment).filter(
        (workload) =>
          workload.object.metadata.namespace === object.metadata.namespace &&
          selects(object.spec.selector, workload.template.metadata.labels),
      );
      expect(pods).toHaveLength(1);
      const open = pods.flatMap(containersOf).flatMap(({ ports = [] }) => ports.map(({ name }) => name));
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
      const { namespaceSelector, selector, endpoints } = object.spec;
      const found = objectsIn(environment, 'Service').filter(
        ({ metadata }) =>
          namespaceSelector.matchNames.includes(metadata.namespace ?? '') &&
          selects(selector.matchLabels, metadata.labels),
      );
      expect(found).toHaveLength(1);
      for (const { port } of endpoints) expect(portNames(found[0])).toContain(port);
    },
  );
});

describe('every Ingress', () => {
  it.each(ofKind('Ingress'))('$path leads to a named port of a Service', ({ environment, object }) => {
    const { namespace, name } = object.metadata;
    const service = object.spec.rules[0]?.http.paths[0]?.backend.service;
    // Grafana's and Prometheus' Services come with their addon.
    if (namespace === 'monitoring') {
      expect(service?.name).toBe(`kube-prometheus-stack-${name}`);
      return;
    }
    const found = objectsIn(environment, 'Service').find(
      ({ metadata }) => metadata.name === service?.name && metadata.namespace === namespace,
    );
    expect(portNames(found)).toContain(service?.port.name);
  });
});

describe('every route of Traefik', () => {
  it.each(ofKind('IngressRoute'))('$path leads past what splits to a named port of Services', (route) => {
    const { namespace } = route.object.metadata;
    const inNamespace = <T extends { metadata: { namespace?: string; name: string } }>(
      all: T[],
      name: string,
    ) => all.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    const [split] = route.object.spec.routes[0]?.services ?? [];
    const splits = objectsIn(route.environment, 'TraefikService');
    const { services = [] } = inNamespace(splits, split?.name ?? '')?.spec.weighted ?? {};
    expect(services.length).toBeGreaterThan(1);
    for (const { name, port } of services)
      expect(portNames(inNamespace(objectsIn(route.environment, 'Service'), name))).toContain(port);
  });
});

describe('every page', () => {
  const work = workloads.map(({ namespace }) => namespace);
  /** Hosts of Ingresses: those of the platform, or those of the work. */
  const hostsOf = (environment: string, whose: 'platform' | 'work') =>
    objectsIn(environment, 'Ingress')
      .filter(({ metadata: { namespace = '' } }) => work.includes(namespace) === (whose === 'work'))
      .flatMap(({ spec }) => spec.rules.map(({ host }) => host));
  /** Hosts of releases, which are of the work. */
  const routesOf = (environment: string) => [
    ...objectsIn(environment, 'IngressRoute').flatMap(({ spec }) =>
      spec.routes.map(({ match }) => /Host\(`([^`]+)`\)/.exec(match)?.[1] ?? ''),
    ),
    ...objectsIn(environment, 'VirtualService').flatMap(({ spec: { hosts } }) =>
      hosts.filter((host) => !host.endsWith('.svc.cluster.local')),
    ),
  ];

  it.each(environments)(
    'of the platform of $name has a host of its own, and there is no other',
    ({ name, web, addons }) => {
      const { hosts, openPages } = web;
      const wanted = [hosts.broker];
      const isMonitored = addons.includes('kube-prometheus-stack');
      if (isMonitored) wanted.push(hosts.grafana);
      if (isMonitored && openPages.kind !== 'none') wanted.push(hosts.prometheus);
      if (boardPages(web).kind !== 'none') wanted.push(hosts.board);
      expect(hostsOf(name, 'platform').sort()).toEqual(wanted.sort());
      for (const host of [...hostsOf(name, 'work'), ...routesOf(name)]) {
        expect(host).not.toBe('');
        expect(wanted).not.toContain(host);
      }
    },
  );

  /** Services whose pages ask for a name and a password themselves, and web services, which say themselves who may ask. */
  const ASK = ['broker', 'kube-prometheus-stack-grafana', ...workloads.map(({ name }) => name)];

  it.each(environments)('of $name asks for a login, unless it is for this machine alone', ({ name, web }) => {
    if (web.entrance.kind === 'node-ports') return expect(web.openPages.kind).not.toBe('none');
    for (const { metadata, spec } of objectsIn(name, 'Ingress')) {
      const services = spec.rules.flatMap(({ http }) =>
        http.paths.map(({ backend }) => backend.service.name),
      );
      const login = metadata.annotations?.['traefik.ingress.kubernetes.io/router.middlewares'];
      for (const service of services)
        expect(ASK.includes(service) || login !== undefined, service).toBe(true);
    }
  });
});

describe('every alert', () => {
  const runbooks = readFileSync(new URL('../../docs/reference/alerts.md', import.meta.url), 'utf8');
  const alerts = ofKind('PrometheusRule').flatMap(({ path, object }) =>
    object.spec.groups.flatMap(({ rules }) =>
      rules.flatMap((rule) => ('alert' in rule ? [{ path, ...rule }] : [])),
    ),
  );

  it.each(alerts)('$path: $alert says how bad it is, what it means and where to read on', (rule) => {
    const { summary, description, runbook_url } = rule.annotations;
    expect(rule.alert).toMatch(/^([A-Z][a-z]+)+$/);
    expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
    expect(rule.labels.owner ?? rule.expr).toMatch(/^[a-z-]+$|"owner"/);
    expect(summary).toMatch(/\.$/);
    expect(description).toMatch(/\.$/);
    expect(runbook_url.split('/').at(-1)).toBe(`alerts.md#${rule.alert.toLowerCase()}`);
    expect(runbooks).toContain(`\n## ${rule.alert}\n`);
  });

  it.each(alerts)('$path: $alert names metrics of the scaler and the exporter that exist', (rule) => {
    const named = rule.expr.match(/sluice_\w+/g) ?? [];
    expect(named.filter((name) => producersOf(name).length === 0)).toEqual([]);
  });

  it('is explained on a page that explains no others', () => {
    const headings = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    const known = new Set([...shippedAlerts, ...transactionAlerts, ...alerts.map(({ alert }) => alert)]);
    expect(headings.sort()).toEqual([...known].sort());
  });
});
