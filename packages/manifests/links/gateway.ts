import { type DesiredObject, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { absent, broken, type End, found, type Link, toObject } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
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
      const end = gateway === undefined ? undefined : listener(gateway, section);
      const missing = absent(`Gateway ${namespace ?? from.namespace}/${name} is not there`);
      return { from, kind: 'HTTPRoute -> Gateway', says: 'is attached to', end: end ?? missing };
    });
}

function listener(gateway: DesiredObject, section: unknown): End {
  const names = listAt(gateway.fields, ['spec', 'listeners']).map((one) => valueAt(one, ['name']));
  return section === undefined || names.includes(section)
    ? toObject(gateway)
    : broken(`Gateway ${gateway.namespace}/${gateway.name} has no listener ${section}`);
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
