import { object, workload } from '../testing.ts';

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
