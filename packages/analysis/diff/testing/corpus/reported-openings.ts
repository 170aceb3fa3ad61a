import { object, type ReportedRow } from '../../testing.ts';
import { cluster, dep, docs, np, rb, sa, svc } from './reported-kit.ts';

const labelled = (labels: string): string =>
  cluster('v1', 'Namespace', 'shop', 'spec: {}').replace('name: shop', `name: shop, labels: {${labels}}`);

export const rows: readonly ReportedRow[] = [
  // Who acts
  [
    'a load balancer of AWS that faces the internet',
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{host: a.example.com}]}',
      'annotations: {alb.ingress.kubernetes.io/scheme: internal}',
    ),
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{host: a.example.com}]}',
      'annotations: {alb.ingress.kubernetes.io/scheme: internet-facing}',
    ),
    'exposure',
    /internet/,
    'kubernetes-sigs.github.io, AWS Load Balancer Controller: Ingress annotations',
  ],
  [
    'source ranges of a load balancer by an annotation',
    svc(
      'type: LoadBalancer, ports: [{port: 80}]',
      'annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: 10.0.0.0/8}',
    ),
    svc('type: LoadBalancer, ports: [{port: 80}]'),
    'exposure',
    /every address/,
    'kubernetes.io, Well-Known Labels, Annotations and Taints',
  ],
  [
    'a wider list of addresses of an Ingress',
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{host: a.example.com}]}',
      'annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}',
    ),
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{host: a.example.com}]}',
      'annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: "10.0.0.0/8,0.0.0.0/0"}',
    ),
    'exposure',
    /every address/,
    'kubernetes.github.io/ingress-nginx, Annotations: "Whitelist source range"',
  ],
  [
    'another proxy for a Service',
    svc('selector: {app: web}, ports: [{port: 80}]'),
    svc('selector: {app: web}, ports: [{port: 80}]', 'labels: {service.kubernetes.io/service-proxy-name: x}'),
    'config',
    /kube-proxy/,
    'kubernetes.io, Well-Known Labels, Annotations and Taints',
  ],
  [
    'the agent of OpenTelemetry in a namespace',
    labelled('a: b'),
    labelled('a: b').replace(
      'labels:',
      'annotations: {instrumentation.opentelemetry.io/inject-java: "true"}, labels:',
    ),
    'config',
    /OpenTelemetry/,
    'opentelemetry.io, Injecting Auto-instrumentation',
  ],
  [
    'a Secret that is replicated into every namespace',
    object('v1', 'Secret', 'stringData: {a: b}'),
    object(
      'v1',
      'Secret',
      'stringData: {a: b}',
      'annotations: {replicator.v1.mittwald.de/replicate-to: ".*"}',
    ),
    'exposure',
    /\.\*/,
    'github.com/mittwald/kubernetes-replicator',
  ],
  [
    'no AppArmor for a container, by an annotation',
    dep(''),
    dep('').replace(
      'metadata: {labels: {app: web}}',
      'metadata: {labels: {app: web}, annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}}',
    ),
    'exposure',
    /AppArmor/i,
    'kubernetes.io, Pod Security Standards',
  ],
  // What opens
  [
    'labels of namespaces to write',
    rb('[{apiGroups: [""], resources: [namespaces], verbs: [get]}]', sa)
      .replaceAll('kind: Role', 'kind: ClusterRole')
      .replaceAll('namespace: shop, }', '}'),
    rb('[{apiGroups: [""], resources: [namespaces], verbs: [get, patch]}]', sa)
      .replaceAll('kind: Role', 'kind: ClusterRole')
      .replaceAll('namespace: shop, }', '}'),
    'exposure',
    /namespaces/,
    'kubernetes.io, Role Based Access Control Good Practices: "Namespace modification"',
  ],
  [
    'every path of the API server',
    rb('[{nonResourceURLs: [/healthz], verbs: [get]}]', sa),
    rb('[{nonResourceURLs: ["*"], verbs: ["*"]}]', sa),
    'exposure',
    /\*/,
    'kubernetes.io, Using RBAC Authorization',
  ],
  [
    'a policy that no longer closes the way in',
    docs(dep(''), np('policyTypes: [Ingress, Egress]')),
    docs(dep(''), np('policyTypes: [Egress]')),
    'exposure',
    /everybody may reach/,
    'kubernetes.io, Network Policies: "The two sorts of pod isolation"',
  ],
];
