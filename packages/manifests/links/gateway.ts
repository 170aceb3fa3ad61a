import { type DesiredObject, isFields, titleOf, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { absent, broken, type End, found, type Link, toObject } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { selects } from './selection.ts';
import { serviceAt } from './traffic.ts';
import { serviceEnd } from './urls.ts';

/** How the Gateway API and the API server itself reach Services. */
export function gatewayLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  switch (from.kind) {
    case 'HTTPRoute':
    case 'GRPCRoute':
      return [...parents(from, world), ...backends(from, world)];
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
      return listAt(from.fields, ['webhooks']).flatMap((webhook) =>
        called(from, valueAt(webhook, ['clientConfig', 'service']), world),
      );
    case 'APIService':
      return called(from, valueAt(from.fields, ['spec', 'service']), world);
    case 'CustomResourceDefinition':
      return called(
        from,
        valueAt(from.fields, ['spec', 'conversion', 'webhook', 'clientConfig', 'service']),
        world,
      );
    case 'ValidatingAdmissionPolicyBinding':
    case 'MutatingAdmissionPolicyBinding':
      return [policy(from, world)];
    default:
      return [];
  }
}

function parents(from: DesiredObject, world: ObjectIndex): Link[] {
  return listAt(from.fields, ['spec', 'parentRefs'])
    .filter((reference) => (valueAt(reference, ['kind']) ?? 'Gateway') === 'Gateway')
    .map((reference) => {
      const [name, namespace, section] = ['name', 'namespace', 'sectionName'].map((field) =>
        valueAt(reference, [field]),
      );
      const gateway = world.named('Gateway', String(namespace ?? from.namespace), name);
      const end = gateway === undefined ? undefined : listener(from, gateway, section, world);
      const missing = absent(`Gateway ${namespace ?? from.namespace}/${name} is not there`);
      return { from, kind: 'HTTPRoute -> Gateway', says: 'is attached to', end: end ?? missing };
    });
}

function listener(from: DesiredObject, gateway: DesiredObject, section: unknown, world: ObjectIndex): End {
  const all = listAt(gateway.fields, ['spec', 'listeners']);
  const asked = all.filter((one) => section === undefined || valueAt(one, ['name']) === section);
  const title = titleOf(gateway);
  if (asked.length === 0 && section !== undefined) return broken(`${title} has no listener ${section}`);
  const open = asked.filter((one) => admits(one, from, gateway, world));
  if (asked.length > 0 && open.length === 0)
    return broken(`no listener of ${title} takes routes of the namespace ${from.namespace}`, [gateway]);
  const hosts = listAt(from.fields, ['spec', 'hostnames']).map(String);
  const lost = hosts.filter((host) => !open.some((one) => serves(valueAt(one, ['hostname']), host)));
  return hosts.length === 0 || asked.length === 0 || lost.length < hosts.length
    ? toObject(gateway)
    : broken(`no listener of ${title} is for ${lost.join(', ')}`, [gateway]);
}

/** Whether a listener takes the routes of a namespace. @see https://gateway-api.sigs.k8s.io/reference/spec/#allowedroutes */
function admits(one: unknown, from: DesiredObject, gateway: DesiredObject, world: ObjectIndex): boolean {
  const namespaces = valueAt(one, ['allowedRoutes', 'namespaces']);
  const labels = valueAt(world.named('Namespace', undefined, from.namespace)?.fields, ['metadata', 'labels']);
  switch (valueAt(namespaces, ['from']) ?? 'Same') {
    case 'All':
      return true;
    case 'Selector':
      return selects(valueAt(namespaces, ['selector']), {
        'kubernetes.io/metadata.name': from.namespace,
        ...(isFields(labels) ? labels : {}),
      });
    default:
      return from.namespace === gateway.namespace;
  }
}

/** Whether a host of a route meets that of a listener; each may begin with a wildcard for further labels. */
function serves(listened: unknown, host: string): boolean {
  if (typeof listened !== 'string' || listened === '' || listened === host) return true;
  const isBelow = (wide: string, narrow: string): boolean =>
    wide.startsWith('*.') && narrow.endsWith(wide.slice(1));
  return isBelow(listened, host) || isBelow(host, listened);
}

function backends(from: DesiredObject, world: ObjectIndex): Link[] {
  return listAt(from.fields, ['spec', 'rules'])
    .flatMap((rule) => listAt(rule, ['backendRefs']))
    .filter((backend) => (valueAt(backend, ['kind']) ?? 'Service') === 'Service')
    .flatMap((backend): Link[] => {
      const namespace = valueAt(backend, ['namespace']);
      const owner = typeof namespace === 'string' ? { ...from, namespace } : from;
      const end = serviceAt(owner, String(valueAt(backend, ['name'])), valueAt(backend, ['port']), world);
      const link: Link = { from, kind: 'HTTPRoute -> Service', says: 'leads to', end };
      return owner.namespace === from.namespace ? [link] : [link, grant(from, owner.namespace, world)];
    });
}

/** A Service of another namespace takes requests where its namespace says so. @see https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
function grant(from: DesiredObject, namespace: unknown, world: ObjectIndex): Link {
  const lets = (one: DesiredObject): boolean =>
    one.namespace === namespace &&
    listAt(one.fields, ['spec', 'from']).some(
      (who) => valueAt(who, ['kind']) === from.kind && valueAt(who, ['namespace']) === from.namespace,
    );
  const why = `no ReferenceGrant of ${namespace} lets a ${from.kind} of ${from.namespace} lead to its Services`;
  const end = found(world.ofKind('ReferenceGrant').find(lets), why, absent);
  return { from, kind: 'HTTPRoute -> ReferenceGrant', says: `leads into ${namespace} by`, end };
}

/** A webhook or an aggregated API that the API server calls by a Service. */
function called(from: DesiredObject, service: unknown, world: ObjectIndex): Link[] {
  if (!isFields(service)) return [];
  const [name, namespace] = [String(service.name), String(service.namespace)];
  const port = typeof service.port === 'number' ? service.port : 443;
  const end = serviceEnd({ name, namespace, port }, world);
  return [{ from, kind: 'API server -> Service', says: 'has the API server call', end }];
}

function policy(from: DesiredObject, world: ObjectIndex): Link {
  const kind = from.kind.replace('Binding', '');
  const name = valueAt(from.fields, ['spec', 'policyName']);
  const end = found(world.named(kind, undefined, name), `${kind} ${name} is not there`, absent);
  return { from, kind: 'AdmissionPolicyBinding -> policy', says: 'binds', end };
}
