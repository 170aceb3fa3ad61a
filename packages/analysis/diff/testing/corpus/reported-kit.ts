import { object, workload } from '../../testing.ts';

/** Short texts of objects, for the changes that people report. */
export const named = (kind: string, version: string, name: string, rest: string, metadata = ''): string =>
  object(version, kind, rest, metadata).replace('name: web', `name: ${name}`);
export const docs = (...all: readonly string[]): string => all.join('\n---\n');
export const cm = (data: string): string => object('v1', 'ConfigMap', `data: {${data}}`);
export const svc = (spec: string, metadata = ''): string =>
  object('v1', 'Service', `spec: {${spec}}`, metadata);
export const hpa = (spec: string): string =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    `spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, ${spec}}`,
  );
export const route = (spec: string): string =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', `spec: {${spec}}`);
export const cron = (spec: string, name = 'web'): string =>
  named(
    'CronJob',
    'batch/v1',
    name,
    `spec: {schedule: "0 3 * * *", ${spec} jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}`,
  );
export const job = (spec: string): string =>
  object(
    'batch/v1',
    'Job',
    `spec: {${spec} template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}`,
  );
export const app = (spec: string, metadata = ''): string =>
  `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: shop, namespace: argocd, ${metadata}},
    spec: {project: default, source: {repoURL: "https://example.com/a", path: dist/local/shop}, destination: {namespace: shop}, ${spec}}}`;
export const proj = (spec: string): string =>
  `{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: default, namespace: argocd},
    spec: {sourceRepos: ["*"], destinations: [{server: "*", namespace: "*"}], ${spec}}}`;
export const rb = (rules: string, subject: string): string =>
  docs(
    object('rbac.authorization.k8s.io/v1', 'Role', `rules: ${rules}`),
    object(
      'rbac.authorization.k8s.io/v1',
      'RoleBinding',
      `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}, subjects: [${subject}]`,
    ),
  );
export const sa = '{kind: ServiceAccount, name: ci, namespace: shop}';
export const np = (spec: string, name = 'web'): string =>
  named(
    'NetworkPolicy',
    'networking.k8s.io/v1',
    name,
    `spec: {podSelector: {matchLabels: {app: web}}, ${spec}}`,
  );
export const cluster = (version: string, kind: string, name: string, rest: string): string =>
  `{apiVersion: ${version}, kind: ${kind}, metadata: {name: ${name}}, ${rest}}`;
export const dep = (container: string, spec = '', pod = ''): string =>
  workload('Deployment', `image: "a:1", ${container}`, spec, pod);
export const sts = (container: string, spec = ''): string =>
  workload('StatefulSet', `image: "a:1", ${container}`, `serviceName: web, ${spec}`);
