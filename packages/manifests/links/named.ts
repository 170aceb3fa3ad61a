import { type DesiredObject, type Fields, isFields, valueAt } from '../objects.ts';
import { podSpecOf } from '../references.ts';
import { placeOf } from '../schema.ts';
import { isClusterScoped } from '../scope.ts';
import { absent, type End, found, type Link } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { configMapEnd, missingIn, secretEnd } from './pods.ts';
import { serviceAt } from './traffic.ts';

/** Where an object names another; '*' is each element of a list. What stands there is a name, or a reference with one. */
type Named = readonly [path: string, kind: string];

/**
 * What objects of controllers name, by the API reference of each.
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 */
const named: Readonly<Record<string, readonly Named[]>> = {
  ServiceAccount: [['imagePullSecrets.*', 'Secret']],
  VolumeSnapshot: [['spec.volumeSnapshotClassName', 'VolumeSnapshotClass']],
  Gateway: [
    ['spec.gatewayClassName', 'GatewayClass'],
    ['spec.listeners.*.tls.certificateRefs.*', 'Secret'],
  ],
  HTTPRoute: [['spec.rules.*.filters.*.extensionRef', '']],
  BackendTLSPolicy: [['spec.validation.caCertificateRefs.*', 'ConfigMap']],
  'IngressRoute.traefik.io': [
    ['spec.tls.secretName', 'Secret'],
    ['spec.tls.options', 'TLSOption'],
    ['spec.routes.*.services.*.serversTransport', 'ServersTransport'],
  ],
  'IngressRouteTCP.traefik.io': [
    ['spec.tls.secretName', 'Secret'],
    ['spec.tls.options', 'TLSOption'],
    ['spec.routes.*.middlewares.*', 'MiddlewareTCP'],
    ['spec.routes.*.services.*', 'Service'],
  ],
  'IngressRouteUDP.traefik.io': [['spec.routes.*.services.*', 'Service']],
  'Middleware.traefik.io': [
    ['spec.basicAuth.secret', 'Secret'],
    ['spec.digestAuth.secret', 'Secret'],
    ['spec.forwardAuth.tls.caSecret', 'Secret'],
    ['spec.forwardAuth.tls.certSecret', 'Secret'],
    ['spec.chain.middlewares.*', 'Middleware'],
    ['spec.errors.service', 'Service'],
  ],
  'TLSOption.traefik.io': [['spec.clientAuth.secretNames.*', 'Secret']],
  'TLSStore.traefik.io': [['spec.defaultCertificate.secretName', 'Secret']],
  'ServersTransport.traefik.io': [
    ['spec.rootCAsSecrets.*', 'Secret'],
    ['spec.certificatesSecrets.*', 'Secret'],
  ],
  'Issuer.cert-manager.io': [['spec.ca.secretName', 'Secret']],
  'TriggerAuthentication.keda.sh': [['spec.configMapTargetRef.*', 'ConfigMap']],
  'Prometheus.monitoring.coreos.com': [
    ['spec.secrets.*', 'Secret'],
    ['spec.configMaps.*', 'ConfigMap'],
  ],
  'Alertmanager.monitoring.coreos.com': [
    ['spec.configSecret', 'Secret'],
    ['spec.secrets.*', 'Secret'],
    ['spec.configMaps.*', 'ConfigMap'],
  ],
};

/** What pods name in their spec. */
const ofPods: readonly Named[] = [
  ['volumes.*.csi.volumeAttributes.secretProviderClass', 'SecretProviderClass'],
  ['volumes.*.csi.nodePublishSecretRef', 'Secret'],
  ['resourceClaims.*.resourceClaimTemplateName', 'ResourceClaimTemplate'],
];

/** Kinds in which whatever has a `name` and a `key` is a key of a Secret or, below `configMap`, of a ConfigMap. */
const WITH_KEYS = new Set([
  ...['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig', 'AlertmanagerConfig'].map(
    (kind) => `${kind}.monitoring.coreos.com`,
  ),
  ...['Prometheus', 'Alertmanager'].map((kind) => `${kind}.monitoring.coreos.com`),
  ...['SecretStore', 'ClusterSecretStore'].map((kind) => `${kind}.external-secrets.io`),
  ...['Issuer', 'Certificate'].map((kind) => `${kind}.cert-manager.io`),
]);

/** What an object names beyond the chains that other files know. */
export function namedLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  const place = placeOf(from.kind, from.group);
  const spec = podSpecOf(from);
  const own = Object.hasOwn(named, place) ? (named[place] ?? []) : [];
  return [
    ...own.flatMap((one) => linksTo(from, from.fields, one, world)),
    ...(spec === undefined ? [] : ofPods.flatMap((one) => linksTo(from, spec, one, world))),
    ...(WITH_KEYS.has(place)
      ? keysBelow(from.fields.spec, '').flatMap((key) => keyLink(from, key, world))
      : []),
    ...parameters(from, world),
    ...(from.kind === 'Ingress' ? issuer(from, world) : []),
  ];
}

const linksTo = (from: DesiredObject, fields: Fields, [path, kind]: Named, world: ObjectIndex): Link[] =>
  valuesAt(fields, path.split('.')).flatMap((value) => {
    const name = typeof value === 'string' ? value : valueAt(value, ['name']);
    const to = String(valueAt(value, ['kind']) ?? kind);
    if (typeof name !== 'string' || to === '') return [];
    const owner = ownerOf(from, value);
    const end = endOf(owner, to, name, value, world);
    return [{ from, kind: 'object -> named object', says: 'names', expects: `${path} ${name}`, end }];
  });

/** An object of the namespace that a reference says. */
const ownerOf = (from: DesiredObject, reference: unknown): DesiredObject => {
  const namespace = valueAt(reference, ['namespace']);
  return typeof namespace === 'string' ? { ...from, namespace } : from;
};

function endOf(
  owner: DesiredObject,
  kind: string,
  name: string,
  reference: unknown,
  world: ObjectIndex,
): End {
  const key = valueAt(reference, ['key']);
  const keys = typeof key === 'string' ? [key] : [];
  if (kind === 'Secret') return secretEnd(owner, name, world, keys);
  if (kind === 'ConfigMap') return configMapEnd(owner, name, world, keys);
  if (kind === 'Service') return serviceAt(owner, name, valueAt(reference, ['port']), world);
  const isCluster = isClusterScoped(kind);
  const title = isCluster ? `${kind} ${name}` : `${kind} ${owner.namespace}/${name}`;
  const object = world.named(kind, isCluster ? undefined : owner.namespace, name);
  return found(object, `${title} is not there`, isCluster ? absent : missingIn(owner, world));
}

/** Every value at a path. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (step === undefined) return value === undefined ? [] : [value];
  if (step === '*') return Array.isArray(value) ? value.flatMap((one) => valuesAt(one, rest)) : [];
  return valuesAt(valueAt(value, [step]), rest);
}

interface Key {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly reference: Fields;
}

function keysBelow(value: unknown, field: string): Key[] {
  if (Array.isArray(value)) return value.flatMap((one) => keysBelow(one, field));
  if (!isFields(value)) return [];
  const { name, key, optional, type } = value;
  if (typeof name === 'string' && typeof key === 'string' && optional !== true)
    return [
      { kind: field === 'configMap' || type === 'ConfigMap' ? 'ConfigMap' : 'Secret', reference: value },
    ];
  return Object.entries(value).flatMap(([inner, one]) => keysBelow(one, inner));
}

function keyLink(from: DesiredObject, { kind, reference }: Key, world: ObjectIndex): Link[] {
  const owner = ownerOf(from, reference);
  const [name, key] = [String(reference.name), String(reference.key)];
  // A kind without a namespace may leave it to its controller.
  if (owner.namespace === undefined) return [];
  const end = endOf(owner, kind, name, reference, world);
  return [{ from, kind: 'object -> named object', says: 'reads', expects: `${kind} ${name}/${key}`, end }];
}

/** What a binding of an admission policy is judged by. @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
function parameters(from: DesiredObject, world: ObjectIndex): Link[] {
  if (!/^(Validating|Mutating)AdmissionPolicyBinding$/.test(from.kind)) return [];
  const [name, namespace] = ['name', 'namespace'].map((field) =>
    valueAt(from.fields, ['spec', 'paramRef', field]),
  );
  const policy = world.named(
    from.kind.replace('Binding', ''),
    undefined,
    valueAt(from.fields, ['spec', 'policyName']),
  );
  const kind = valueAt(policy?.fields, ['spec', 'paramKind', 'kind']);
  if (typeof name !== 'string' || typeof kind !== 'string') return [];
  const at = typeof namespace === 'string' ? namespace : undefined;
  const title = at === undefined ? `${kind} ${name}` : `${kind} ${at}/${name}`;
  const end = found(world.named(kind, at, name), `${title} is not there`, absent);
  return [{ from, kind: 'object -> named object', says: 'has its parameters in', end }];
}

/** An annotated Ingress has its certificate from an Issuer of its own namespace. */
function issuer(from: DesiredObject, world: ObjectIndex): Link[] {
  const name = valueAt(from.fields, ['metadata', 'annotations', 'cert-manager.io/issuer']);
  if (typeof name !== 'string') return [];
  const why = `Issuer ${from.namespace}/${name} is not there`;
  const end = found(world.named('Issuer', from.namespace, name), why, missingIn(from, world));
  return [{ from, kind: 'object -> named object', says: 'has its certificate from', end }];
}
