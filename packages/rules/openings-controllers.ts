import { type DesiredObject, isFields, valueAt } from '../manifests/objects.ts';
import { listAt } from '../manifests/references.ts';
import { isAll } from './addresses.ts';

const at = (object: DesiredObject, ...path: string[]): unknown => valueAt(object.fields, path);
const annotation = (object: DesiredObject, name: string): unknown =>
  at(object, 'metadata', 'annotations', name);

const NO_LOGIN = 'nothing asks who is there any more';

/** Whether a sentence is one of a check that a request had to pass. */
export const saysUnguarded = (who: string): boolean => who.startsWith(NO_LOGIN);

/** A check that requests pass no longer, by its name. */
export const unguarded = (name: string): string => `${NO_LOGIN} (${name})`;

/** Who passes a list of addresses; `isPartOf` knows the sentence. */
const through = (ranges: readonly unknown[]): string[] =>
  ranges.map((range) => `it lets ${isAll(range) ? 'every address' : String(range)} through`);

const CHECKS = ['basicAuth', 'digestAuth', 'forwardAuth', 'ipAllowList', 'ipWhiteList'];

/** What requests of a route must pass. @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/ */
export function middleware(object: DesiredObject): string[] {
  if (object.kind !== 'Middleware' && object.kind !== 'MiddlewareTCP') return [];
  const lists = ['ipAllowList', 'ipWhiteList'].flatMap((name) =>
    listAt(object.fields, ['spec', name, 'sourceRange']),
  );
  const none = CHECKS.filter((name) => at(object, 'spec', name) === undefined);
  return [...through(lists), ...none.map(unguarded)];
}

const ROUTES = ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'];

/** By which ports of Traefik requests come. */
export function entryPoints(object: DesiredObject): string[] {
  if (!ROUTES.includes(object.kind)) return [];
  const names = listAt(object.fields, ['spec', 'entryPoints']).map((name) => `the entry point ${name}`);
  const from = names.length === 0 ? ['every default entry point'] : names;
  const plain = object.kind !== 'IngressRouteUDP' && at(object, 'spec', 'tls') === undefined;
  return [
    ...from.map((name) => `requests of ${name} lead to it`),
    ...(plain ? ['requests come to it without TLS'] : []),
  ];
}

/** Lists of addresses in annotations, separated by commas. */
const LISTS = [
  'nginx.ingress.kubernetes.io/whitelist-source-range',
  'nginx.ingress.kubernetes.io/allowlist-source-range',
  'alb.ingress.kubernetes.io/inbound-cidrs',
];

/** What controllers make of the annotations of an Ingress. */
export function annotatedIngress(object: DesiredObject): string[] {
  if (object.kind !== 'Ingress') return [];
  const ranges = LISTS.flatMap((name) => rangesIn(annotation(object, name)));
  const isPublic = annotation(object, 'alb.ingress.kubernetes.io/scheme') === 'internet-facing';
  return [...through(ranges), ...(isPublic ? ['its load balancer faces the internet'] : [])];
}

/** Addresses that are separated by commas. */
export const rangesIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
    : [];

/** Lines of Argo CD's policy that allow. @see https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/ */
export function policyLines(object: DesiredObject): string[] {
  if (object.kind !== 'ConfigMap' || object.name !== 'argocd-rbac-cm') return [];
  const data = isFields(object.fields.data) ? object.fields.data : {};
  const lines = Object.entries(data)
    .filter(([key]) => /^policy(\..*)?\.csv$/.test(key))
    .flatMap(([, text]) => String(text).split('\n'));
  return lines.flatMap((line) => {
    const [type, who, ...rest] = line.split(',').map((word) => word.trim());
    if (type === 'g') return [`${who} has ${rest[0]} in Argo CD`];
    const [resource, action, object = '', effect] = rest;
    return type === 'p' && effect !== 'deny'
      ? [`${who} may ${action} ${resource} of ${object} in Argo CD`]
      : [];
  });
}

const REPLICATOR = 'replicator.v1.mittwald.de';

/** @see https://github.com/mittwald/kubernetes-replicator */
export function replicas(object: DesiredObject): string[] {
  const pushed = ['replicate-to', 'replicate-to-matching']
    .map((name) => annotation(object, `${REPLICATOR}/${name}`))
    .filter((value) => value !== undefined);
  const isPulled = annotation(object, `${REPLICATOR}/replication-allowed`) === 'true';
  const pulling = annotation(object, `${REPLICATOR}/replication-allowed-namespaces`) ?? 'every namespace';
  return [
    ...pushed.map((where) => `Replicator copies it into ${where}`),
    ...(isPulled ? [`${pulling} may have a copy of it by Replicator`] : []),
  ];
}

/** A listener that takes requests as they are. @see https://gateway-api.sigs.k8s.io/reference/spec/#listener */
export const plainListeners = (object: DesiredObject): string[] =>
  object.kind !== 'Gateway'
    ? []
    : listAt(object.fields, ['spec', 'listeners'])
        .filter((one) => valueAt(one, ['protocol']) === 'HTTP')
        .map((one) => `requests to ${valueAt(one, ['name'])} come without TLS`);

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** The form before `appArmorProfile`. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export function unconfined(annotations: unknown): string[] {
  if (!isFields(annotations)) return [];
  return Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR) && value === 'unconfined')
    .map(([key]) => `container ${key.slice(APPARMOR.length)} is not confined by AppArmor`);
}

/** Encryption and authorization of a mesh. @see https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
export const mesh = (object: DesiredObject): string[] => {
  if (object.kind === 'AuthorizationPolicy') return admitted(object);
  const mode = at(object, 'spec', 'mtls', 'mode');
  return object.kind === 'PeerAuthentication' && (mode === 'PERMISSIVE' || mode === 'DISABLE')
    ? ['pods take connections without mutual TLS']
    : [];
};

/** A rule without a source admits every sender. @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
function admitted(object: DesiredObject): string[] {
  if ((at(object, 'spec', 'action') ?? 'ALLOW') !== 'ALLOW') return [];
  const isOpen = listAt(object.fields, ['spec', 'rules']).some(
    (rule) => valueAt(rule, ['from']) === undefined,
  );
  return isOpen ? ['the mesh admits requests of every sender by it'] : [];
}
