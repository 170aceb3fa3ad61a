import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type DesiredObject, isFields, valueAt } from '../manifests/objects.ts';
import { listAt, podAnnotationsOf, podSpecOf } from '../manifests/references.ts';
import { isAll, isWithin } from './addresses.ts';
import {
  annotatedIngress,
  entryPoints,
  mesh,
  middleware,
  plainListeners,
  policyLines,
  rangesIn,
  replicas,
  saysUnguarded,
  unconfined,
  unguarded,
} from './openings-controllers.ts';
import { baseline } from './pod-security.ts';

/** Who can reach or do something by an object, as a sentence about it: the same in every revision. */
export type Openings = (object: DesiredObject, world: ObjectIndex) => readonly string[];

/** Everything that an object opens to who or what is outside it. */
export const openingsOf: Openings = (object, world) =>
  rules.flatMap((rule) => [...new Set(rule(object, world))]);

const at = (object: DesiredObject, ...path: string[]): unknown => valueAt(object.fields, path);
const annotation = (object: DesiredObject, name: string): unknown =>
  at(object, 'metadata', 'annotations', name);

/** Load balancers that only the own network of the cloud reaches. */
const INTERNAL: readonly (readonly [string, RegExp])[] = [
  ['networking.gke.io/load-balancer-type', /^Internal$/],
  ['cloud.google.com/load-balancer-type', /^Internal$/],
  ['service.beta.kubernetes.io/aws-load-balancer-internal', /^(true|0\.0\.0\.0\/0)$/],
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', /^internal$/],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', /^true$/],
];

/** Where the field says none. @see https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** @see https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types */
const service: Openings = (object) => {
  if (object.kind !== 'Service') return [];
  const type = at(object, 'spec', 'type');
  const ports = listAt(object.fields, ['spec', 'ports']).map((port) => valueAt(port, ['port']));
  const isInternal = INTERNAL.some(([name, form]) => form.test(String(annotation(object, name) ?? '')));
  const own = listAt(object.fields, ['spec', 'loadBalancerSourceRanges']).map(String);
  const ranges = own.length > 0 ? own : rangesIn(annotation(object, SOURCE_RANGES));
  const from = ranges.length === 0 ? [isInternal ? 'the network of the cloud' : 'every address'] : ranges;
  const balanced = ports.flatMap((port) =>
    from.map((who) => `a load balancer lets ${isAll(who) ? 'every address' : who} reach port ${port}`),
  );
  const nodes = ports.map((port) => `every node lets whoever reaches it reach port ${port}`);
  return [
    ...(type === 'LoadBalancer' ? balanced : []),
    ...(type === 'NodePort' ? nodes : []),
    ...listAt(object.fields, ['spec', 'externalIPs']).map(
      (ip) => `the address ${ip} outside the cluster leads to it`,
    ),
  ];
};

const FROM = /^(?:a load balancer|it) lets (.*) (reach port \d+|through)$/;

/** Whether one sentence says no more than another: a range of addresses may lie within one. */
export function isPartOf(narrow: string, wide: string): boolean {
  const [, who = '', port] = FROM.exec(narrow) ?? [];
  const [, others = '', otherPort] = FROM.exec(wide) ?? [];
  if (port === undefined || port !== otherPort) return narrow === wide;
  return others === 'every address' || who === others || isWithin(who, others);
}

/** Annotations by which a controller asks who is there before it lets a request through. */
const GUARDS = [
  'nginx.ingress.kubernetes.io/auth-url',
  'nginx.ingress.kubernetes.io/auth-type',
  'nginx.ingress.kubernetes.io/auth-tls-secret',
  'nginx.ingress.kubernetes.io/whitelist-source-range',
  'nginx.ingress.kubernetes.io/allowlist-source-range',
  'traefik.ingress.kubernetes.io/router.middlewares',
  'alb.ingress.kubernetes.io/inbound-cidrs',
  'alb.ingress.kubernetes.io/auth-type',
];

/** @see https://kubernetes.io/docs/concepts/services-networking/ingress/ */
const ingress: Openings = (object) => {
  if (object.kind !== 'Ingress') return [];
  const rules = listAt(object.fields, ['spec', 'rules']);
  const hosts = listAt(object.fields, ['spec', 'tls']).flatMap((one) => listAt(one, ['hosts']));
  const opened = rules.flatMap((rule) => {
    const host = valueAt(rule, ['host']) ?? '*';
    const paths = listAt(rule, ['http', 'paths']).map((path) => valueAt(path, ['path']) ?? '');
    const plain = hosts.includes(host) ? [] : [`requests to ${host} come without TLS`];
    return [...paths.map((path) => `whoever reaches the controller reaches ${host}${path}`), ...plain];
  });
  const all = at(object, 'spec', 'defaultBackend') === undefined ? [] : ['every other host leads to it'];
  const open = GUARDS.filter((name) => annotation(object, name) === undefined);
  return [...opened, ...all, ...open.map((name) => unguarded(name))];
};

/** Whether a sentence is one only of an object that had the guard. */
export const isAboutGuard = (who: string): boolean => saysUnguarded(who) || who.includes(NOT_REFUSED);

const NOT_REFUSED = 'not refused';

const routes: Openings = (object) => {
  const reach = 'whoever reaches the controller reaches';
  if (object.kind === 'IngressRoute')
    return listAt(object.fields, ['spec', 'routes']).flatMap((route) => [
      `${reach} ${valueAt(route, ['match'])}`,
      ...(listAt(route, ['middlewares']).length === 0 ? [unguarded('middlewares')] : []),
    ]);
  if (object.kind === 'HTTPRoute')
    return (
      listAt(object.fields, ['spec', 'hostnames']).length === 0
        ? ['*']
        : listAt(object.fields, ['spec', 'hostnames'])
    ).map((host) => `${reach} ${host}`);
  if (object.kind !== 'Gateway') return [];
  return listAt(object.fields, ['spec', 'listeners']).flatMap((one) => [
    `it listens on port ${valueAt(one, ['port'])}`,
    ...(valueAt(one, ['allowedRoutes', 'namespaces', 'from']) === 'All'
      ? [`every namespace may attach routes to ${valueAt(one, ['name'])}`]
      : []),
  ]);
};

/** What Pod Security calls unsafe reaches beyond the pod. */
const pods: Openings = (object) => {
  const spec = podSpecOf(object);
  if (spec === undefined) return [];
  const containers = ['initContainers', 'containers'].flatMap((field) => listAt(spec, [field]));
  const root = containers
    .filter(
      (one) =>
        (valueAt(one, ['securityContext', 'runAsUser']) ??
          valueAt(spec, ['securityContext', 'runAsUser'])) === 0,
    )
    .map((one) => `container ${valueAt(one, ['name'])} runs as root`);
  return [...baseline(spec), ...unconfined(podAnnotationsOf(object)), ...root].map(
    (what) => `its pods reach their node: ${what}`,
  );
};

const LEVELS = ['restricted', 'baseline', 'privileged'];

/** @see https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const namespace: Openings = (object) => {
  if (object.kind !== 'Namespace') return [];
  const level = String(
    at(object, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce') ?? 'privileged',
  );
  return LEVELS.slice(1, LEVELS.indexOf(level) + 1).map((one) => `Pod Security admits ${one} pods`);
};

/** A webhook without which nothing can be changed. @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy */
const webhook: Openings = (object) => {
  if (!/^(Validating|Mutating)WebhookConfiguration$/.test(object.kind)) return [];
  return listAt(object.fields, ['webhooks']).flatMap((one) => {
    const isFatal = (valueAt(one, ['failurePolicy']) ?? 'Fail') === 'Fail';
    const isNarrow = ['namespaceSelector', 'objectSelector'].some((field) => {
      const selector = valueAt(one, [field]);
      return isFields(selector) && Object.keys(selector).length > 0;
    });
    const isWide = listAt(one, ['rules']).some((rule) =>
      listAt(rule, ['resources']).some((what) => ['*', '*/*', 'pods'].includes(String(what))),
    );
    const name = valueAt(one, ['name']);
    return isFatal && isWide && !isNarrow
      ? [
          `while webhook ${name} does not answer, the API server refuses what it asks about in every namespace (failurePolicy: Fail)`,
        ]
      : [];
  });
};

/** @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/ */
const project: Openings = (object) => {
  if (object.kind !== 'AppProject') return [];
  const list = (field: string): readonly unknown[] => listAt(object.fields, ['spec', field]);
  const wide = (value: unknown): boolean => String(value).includes('*');
  return [
    ...list('sourceRepos')
      .filter(wide)
      .map((url) => `its Applications may take manifests from ${url}`),
    ...list('destinations').flatMap((one) => {
      const [server, space] = [
        valueAt(one, ['server']) ?? valueAt(one, ['name']),
        valueAt(one, ['namespace']),
      ];
      return wide(server) || wide(space) ? [`its Applications may write into ${space} of ${server}`] : [];
    }),
    ...list('sourceNamespaces')
      .filter(wide)
      .map((space) => `Applications of the namespaces ${space} may be of it`),
    ...['clusterResourceWhitelist', 'namespaceResourceWhitelist'].flatMap((field) =>
      list(field)
        .filter((one) => wide(valueAt(one, ['kind'])))
        .map((one) => `its Applications may make every kind of ${valueAt(one, ['group'])} (${field})`),
    ),
  ];
};

/** Who may do what in Argo CD itself, and which cloud identity a pod has. */
const identities: Openings = (object) => {
  if (object.kind === 'ServiceAccount') return roles(object);
  if (annotation(object, `${REFLECTOR}-auto-enabled`) === 'true') return copies(object);
  if (object.kind !== 'ConfigMap') return [];
  const data = isFields(object.fields.data) ? object.fields.data : {};
  if (
    object.name === 'argocd-rbac-cm' &&
    typeof data['policy.default'] === 'string' &&
    data['policy.default'] !== ''
  )
    return [`every user of Argo CD has ${data['policy.default']}`];
  if (object.name !== 'argocd-cm') return [];
  return [
    ...(data['users.anonymous.enabled'] === 'true' ? ['Argo CD answers without a login'] : []),
    ...(data['exec.enabled'] === 'true' ? ['users of Argo CD may open shells in pods (exec.enabled)'] : []),
  ];
};

const REFLECTOR = 'reflector.v1.k8s.emberstack.com/reflection';

/** Reflector copies into every namespace where none is named. */
const copies = (object: DesiredObject): string[] => [
  `Reflector copies it into ${annotation(object, `${REFLECTOR}-auto-namespaces`) ?? 'every namespace'}`,
];

const CLOUD_ROLES = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
];

const roles = (object: DesiredObject): string[] =>
  CLOUD_ROLES.map((name) => annotation(object, name))
    .filter((role) => role !== undefined)
    .map((role) => `its pods act in the cloud as ${role}`);

/** Kinds that refuse something; without one of them it is refused no longer. */
const REFUSING: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicyBinding: 'the API server refuses no longer what it refused',
  ValidatingWebhookConfiguration: 'the API server asks it no longer before it accepts an object',
  AuthorizationPolicy: 'the mesh asks no longer who sends a request',
  PeerAuthentication: 'the mesh asks no longer for mutual TLS by it',
  ClusterPolicy: 'its rules are enforced no longer',
};

/** What the removal of an object opens. */
export const openedWithout = ({ kind }: DesiredObject): readonly string[] =>
  Object.hasOwn(REFUSING, kind) ? [REFUSING[kind] ?? ''] : [];

const REPORTED = `what it finds is reported and ${NOT_REFUSED}`;

/** A policy that no longer denies. */
const admission: Openings = (object) => {
  const actions = listAt(object.fields, ['spec', 'validationActions']);
  const isBinding = object.kind === 'ValidatingAdmissionPolicyBinding' && !actions.includes('Deny');
  const isKyverno =
    object.group === 'kyverno.io' &&
    String(at(object, 'spec', 'validationFailureAction') ?? 'Audit') !== 'Enforce';
  const isGatekeeper =
    object.group === 'constraints.gatekeeper.sh' &&
    (at(object, 'spec', 'enforcementAction') ?? 'deny') !== 'deny';
  return isBinding || isKyverno || isGatekeeper ? [REPORTED] : [];
};

const rules: readonly Openings[] = [
  service,
  ingress,
  routes,
  pods,
  namespace,
  webhook,
  project,
  identities,
  mesh,
  admission,
  middleware,
  entryPoints,
  annotatedIngress,
  policyLines,
  replicas,
  plainListeners,
];
