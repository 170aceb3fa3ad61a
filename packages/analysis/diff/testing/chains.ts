import { describe, expect, it } from 'vitest';
import { textReport } from '../report.ts';
import { compareYaml, object, workload } from '../testing.ts';

/** A chain that holds, the text of it that changes, what it changes into, what the report names, and what says so. */
export type BreakRow = readonly [
  name: string,
  base: readonly string[],
  from: string | RegExp,
  to: string,
  named: RegExp,
  source: string,
];

export const documents = (...all: readonly string[]): string => all.join('\n---\n');

export const web = workload(
  'Deployment',
  'image: "a:1", ports: [{name: http, containerPort: 8080}, {name: admin, containerPort: 9090}]',
);
export const named = (kind: string, apiVersion: string, name: string, rest: string, metadata = ''): string =>
  object(apiVersion, kind, rest, metadata).replace('name: web', `name: ${name}`);
export const service = object(
  'v1',
  'Service',
  'spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}',
  'labels: {app: web}',
);
export const ingress = object(
  'networking.k8s.io/v1',
  'Ingress',
  'spec: {rules: [{host: example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}',
);
export const monitor = object(
  'monitoring.coreos.com/v1',
  'ServiceMonitor',
  'spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}',
);
export const hpa = object(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  `spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 5,
    metrics: [{type: External, external: {metric: {name: jobs_waiting}, target: {type: AverageValue, averageValue: "1"}}}]}`,
);
export const adapter = named(
  'ConfigMap',
  'v1',
  'adapter',
  `data: {config.yaml: "externalRules: [{seriesQuery: 'jobs', name: {as: jobs_waiting}}]"}`,
);
export const reader = (pod: string, container = ''): string =>
  workload('Deployment', `image: "a:1", ${container}`, '', pod);
export const config = named('ConfigMap', 'v1', 'settings', 'data: {mode: fast, level: debug}');
export const client = named(
  'Deployment',
  'apps/v1',
  'client',
  `spec: {selector: {matchLabels: {app: client}}, template: {metadata: {labels: {app: client}},
    spec: {containers: [{name: app, image: "a:1", env: [{name: WEB_URL, value: "http://web:80/"}]}]}}}`,
);
export const policy = (name: string, spec: string): string =>
  named('NetworkPolicy', 'networking.k8s.io/v1', name, `spec: {${spec}}`);
export const inward = policy(
  'web',
  'podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: 8080}]}]',
);
export const outward = policy(
  'client',
  `podSelector: {matchLabels: {app: client}}, policyTypes: [Egress],
    egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}, {ports: [{port: 53, protocol: UDP}]}]`,
);
export const role = object('rbac.authorization.k8s.io/v1', 'Role', 'rules: []');
export const binding = object(
  'rbac.authorization.k8s.io/v1',
  'RoleBinding',
  'roleRef: {kind: Role, name: web}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]',
);
export const account = object('v1', 'ServiceAccount', 'automountServiceAccountToken: false');
export const claim = object('v1', 'PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteOnce]}');

export const headless = object(
  'v1',
  'Service',
  'spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}',
);

/** The change and what it breaks, as a report says it. */
export function broken(base: readonly string[], from: string | RegExp, to: string) {
  const text = documents(...base);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`the base does not say ${from}`);
  const there = compareYaml(text, changed);
  const back = compareYaml(changed, text);
  return { there, back, said: there.broken.map(({ path, why }) => `${path.join(' -> ')} ${why}`) };
}

/** Each row both ways: the change breaks what held, and its reversal breaks nothing. */
export function describeBreaks(title: string, rows: readonly BreakRow[]): void {
  describe(title, () => {
    it.each(rows)('%s: is named, and ranked above all but data loss', (_, base, from, to, named) => {
      const { there, said } = broken(base, from, to);
      expect(said.join('\n')).toMatch(named);
      expect(['broken', 'data-loss']).toContain(there.worst);
      expect(there.changes.map(({ rank }) => rank)).toContain(there.worst);
    });

    it.each(rows)('%s: is nothing where it is repaired', (_, base, from, to) => {
      expect(broken(base, from, to).back.broken.map(({ why }) => why)).toEqual([]);
    });
  });
}

/** What the sections of a report say. */
export function opened(base: readonly string[], from: string | RegExp, to: string) {
  const text = documents(...base);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`the base does not say ${from}`);
  return { there: compareYaml(text, changed), back: compareYaml(changed, text) };
}

/** Each row both ways: the change opens something, and its reversal nothing. */
export function describeOpenings(title: string, rows: readonly BreakRow[]): void {
  describe(title, () => {
    it.each(rows)('%s: is named, and ranked', (_, base, from, to, named) => {
      const { there } = opened(base, from, to);
      expect(there.exposures.map(({ who }) => who).join('\n')).toMatch(named);
      expect(
        there.changes.some(({ rank }) => !['no-op', 'metadata', 'config', 'scaling'].includes(rank)),
      ).toBe(true);
      expect(textReport(there)).toContain('Who can reach or do more\n');
    });

    it.each(rows)('%s: is nothing the other way round', (_, base, from, to) => {
      expect(opened(base, from, to).back.exposures.map(({ who }) => who)).toEqual([]);
    });
  });
}
