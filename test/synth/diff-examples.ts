import { compare } from '../../packages/analysis/diff/compare.ts';
import { markdownReport } from '../../packages/analysis/diff/report.ts';
import { parser, snapshotOf } from '../../packages/manifests/objects.ts';

/** A pull request as two states of files below dist/. */
interface Example {
  readonly title: string;
  /** What the author wanted, and what a reviewer should see. */
  readonly about: string;
  readonly base: Files;
  readonly head: Files;
}

type Files = Readonly<Record<string, string>>;

const object = (apiVersion: string, kind: string, name: string, rest: string, metadata = ''): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: shop, ${metadata}}, ${rest}}`;

const deployment = (name: string, container: string, spec = '', pod = ''): string =>
  object(
    'apps/v1',
    'Deployment',
    name,
    `spec: {${spec} selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}},
      spec: {${pod} containers: [{name: app, ${container}}]}}}`,
  );
const service = (name: string, spec: string): string =>
  object('v1', 'Service', name, `spec: {selector: {app: ${name}}, ${spec}}`);
const ingress = object(
  'networking.k8s.io/v1',
  'Ingress',
  'web',
  `spec: {tls: [{hosts: [shop.example.com]}], rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix,
    backend: {service: {name: web, port: {name: http}}}}]}}]}`,
);
const scaler = (maxReplicas: number): string =>
  object(
    'v1',
    'ConfigMap',
    'scaler',
    `data: {config.json: '{"workers": [{"name": "resize", "maxReplicas": ${maxReplicas}}]}'}`,
    'labels: {app.kubernetes.io/component: scaler}',
  );
const claim = object(
  'v1',
  'PersistentVolumeClaim',
  'uploads',
  'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}',
);
const policy = (from: string): string =>
  object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'db',
    `spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [${from}], ports: [{port: 5432}]}]}`,
  );
const web = deployment(
  'web',
  'image: "web:1.4.0", ports: [{name: http, containerPort: 8080}]',
  'replicas: 3,',
);
const client = deployment('web', 'image: "web:1.4.0", env: [{name: DB_URL, value: "postgres://db:5432"}]');
const db = deployment('db', 'image: "postgres:18", ports: [{containerPort: 5432}]');
const peer = (app: string): string => `{podSelector: {matchLabels: {app: ${app}}}}`;
const chart = (version: string): string =>
  object(
    'argoproj.io/v1alpha1',
    'Application',
    'traefik',
    `spec: {project: default, source: {repoURL: "https://traefik.github.io/charts", chart: traefik, targetRevision: ${version}}, destination: {namespace: traefik}}`,
  );
const settings = (data: string): string => object('v1', 'ConfigMap', 'settings', `data: {${data}}`);
const reader = deployment(
  'web',
  'image: "web:1.4.0", env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]',
);
const hpa = (spec: string): string =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    `spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, ${spec}}`,
  );
const binding = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: ci},
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: Group, name: "system:authenticated"}]}`;

/** The files of one environment, numbered. */
const files = (...objects: readonly string[]): Files =>
  Object.fromEntries(objects.map((text, index) => [`production/shop/${index}.yaml`, text]));

const inEnvironments = (names: readonly string[], text: string): Files =>
  Object.fromEntries(names.map((name) => [`${name}/shop/web.yaml`, text]));

const examples: readonly Example[] = [
  {
    title: 'Another image',
    about: 'A new version of a worker: a rolling restart, and nothing else.',
    base: files(web),
    head: files(web.replace('1.4.0', '1.5.0')),
  },
  {
    title: 'Fewer replicas at most',
    about: 'One number of a scaling policy, in the ConfigMap that the scaler reads.',
    base: files(scaler(25)),
    head: files(scaler(10)),
  },
  {
    title: 'One change in three environments',
    about: 'A change that is the same in several environments is reported once.',
    base: inEnvironments(['local', 'staging', 'production'], web),
    head: inEnvironments(['local', 'staging', 'production'], web.replace('replicas: 3', 'replicas: 5')),
  },
  {
    title: 'A port renamed',
    about: 'The Service still has the port, under another name; the Ingress asks for the old one.',
    base: files(web, service('web', 'ports: [{name: http, port: 80, targetPort: http}]'), ingress),
    head: files(web, service('web', 'ports: [{name: web, port: 80, targetPort: http}]'), ingress),
  },
  {
    title: 'A key renamed that a pod reads',
    about: 'The running pods go on; the next one does not start.',
    base: files(reader, settings('level: debug, mode: fast')),
    head: files(reader, settings('logLevel: debug, mode: fast')),
  },
  {
    title: 'A claim cleaned up',
    about: 'The claim is deleted, its volume with it, and a workload still mounts it.',
    base: files(
      deployment(
        'web',
        'image: "web:1.4.0"',
        '',
        'volumes: [{name: a, persistentVolumeClaim: {claimName: uploads}}],',
      ),
      claim,
    ),
    head: files(
      deployment(
        'web',
        'image: "web:1.4.0"',
        '',
        'volumes: [{name: a, persistentVolumeClaim: {claimName: uploads}}],',
      ),
    ),
  },
  {
    title: 'A stricter NetworkPolicy',
    about: 'A connection that a variable declares is cut.',
    base: files(
      client,
      db,
      service('db', 'ports: [{port: 5432}]'),
      policy(`${peer('web')}, ${peer('report')}`),
    ),
    head: files(client, db, service('db', 'ports: [{port: 5432}]'), policy(peer('report'))),
  },
  {
    title: 'Access for the build',
    about: 'A binding that was meant for one account gives everything to everybody.',
    base: files(web, service('web', 'ports: [{port: 80, targetPort: http}]')),
    head: {
      ...files(web, service('web', 'type: LoadBalancer, ports: [{port: 80, targetPort: http}]')),
      'production/shop/binding.yaml': binding,
    },
  },
  {
    title: 'Bounds in the wrong order',
    about: 'The API server refuses the autoscaler.',
    base: files(web, hpa('minReplicas: 2, maxReplicas: 10')),
    head: files(web, hpa('minReplicas: 12, maxReplicas: 10')),
  },
  {
    title: 'Another version of a chart',
    about: 'What the chart renders is not in the repository; the report says so.',
    base: files(chart('37.0.0')),
    head: files(chart('38.0.1')),
  },
];

/** The comment of an example, its headings below those of the page. */
function commentOf({ base, head }: Example): string {
  const parse = parser();
  const [one, other] = [base, head].map((side, index) =>
    snapshotOf(index === 0 ? 'main' : 'the pull request', new Map(Object.entries(side)), parse),
  );
  if (one === undefined || other === undefined) throw new Error('an example has two sides');
  return markdownReport(compare(one, other))
    .replace(/^(#+) /gm, '##$1 ')
    .trimEnd();
}

/** The page of examples, as docs/reference/diff-examples.md has it. */
export const diffExamples = (): string =>
  [
    '# `sluice diff`: ten pull requests',
    '',
    'The comments that a reviewer sees, rendered by `npm run synth`; never edited. [diff](diff.md) explains ranks and sections.',
    ...examples.flatMap((one) => ['', `## ${one.title}`, '', one.about, '', commentOf(one)]),
    '',
  ].join('\n');
