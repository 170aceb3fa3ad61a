import { type DesiredObject, type Fields, isFields, titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';
import { broken, type End, found, type Link, type LinkKind, outside, toObject } from './links.ts';
import { chartService } from './urls.ts';
import { plain, type World } from './world.ts';

/** How traffic finds its way: Services, Ingresses and what disrupts pods. */
export function trafficLinks(from: DesiredObject, world: World): Link[] {
  switch (from.kind) {
    case 'Service':
      return service(from, world);
    case 'Ingress':
      return [...backends(from, world), ...entrance(from, world)];
    case 'PodDisruptionBudget':
      return budget(from, world);
    default:
      return [];
  }
}

/** The ports that the containers of a workload declare. */
export const portsOf = (workload: DesiredObject): Fields[] =>
  listAt(podSpecOf(workload), ['containers'])
    .flatMap((container) => listAt(container, ['ports']))
    .filter(isFields);

function service(from: DesiredObject, world: World): Link[] {
  const spec = valueAt(from.fields, ['spec']);
  const selector = valueAt(spec, ['selector']);
  if (!isFields(selector)) return [];
  const pods = world.podsIn(from.namespace, plain(selector));
  return [
    ...podLinks(from, 'Service -> pods', selector, pods),
    ...pods.flatMap((workload) => listAt(spec, ['ports']).map((port) => containerPort(from, port, workload))),
  ];
}

/** One link to each workload selected, or a broken one. */
function podLinks(
  from: DesiredObject,
  kind: 'Service -> pods' | 'PodDisruptionBudget -> pods',
  selector: unknown,
  pods: readonly DesiredObject[],
): Link[] {
  const ends = pods.map(toObject);
  const none = broken(`no pods of ${from.namespace} have the labels ${JSON.stringify(selector)}`);
  return (ends.length > 0 ? ends : [none]).map((end) => ({ from, kind, says: 'selects the pods of', end }));
}

function containerPort(from: DesiredObject, port: unknown, workload: DesiredObject): Link {
  const number = valueAt(port, ['port']);
  const target = valueAt(port, ['targetPort']) ?? number;
  const open = portsOf(workload).find(({ name, containerPort: at }) => target === name || target === at);
  const end =
    open === undefined
      ? broken(`no container of ${titleOf(workload)} has the port ${target}`)
      : outside(`container port ${open.containerPort} (${open.name ?? target}) of ${titleOf(workload)}`);
  return { from, kind: 'Service -> container port', says: `leads port ${number} to`, end };
}

function backends(from: DesiredObject, world: World): Link[] {
  const rules = listAt(from.fields, ['spec', 'rules']).flatMap((rule) =>
    listAt(rule, ['http', 'paths']).map((path) => ({
      says: `leads ${valueAt(rule, ['host']) ?? '*'}${valueAt(path, ['path']) ?? ''} to`,
      backend: valueAt(path, ['backend', 'service']),
    })),
  );
  const otherwise = valueAt(from.fields, ['spec', 'defaultBackend', 'service']);
  const all = otherwise === undefined ? rules : [...rules, { says: 'leads all else to', backend: otherwise }];
  return all.map(({ says, backend }) => ({
    from,
    kind: 'Ingress -> Service',
    says,
    end: backendEnd(from, backend, world),
  }));
}

function backendEnd(from: DesiredObject, backend: unknown, world: World): End {
  const port = valueAt(backend, ['port', 'name']) ?? valueAt(backend, ['port', 'number']);
  return serviceAt(from, String(valueAt(backend, ['name'])), port, world);
}

/** A port, by name or number, of a Service in the namespace of an object. */
export function serviceAt({ namespace }: DesiredObject, name: string, port: unknown, world: World): End {
  const target = world.named('Service', namespace, name);
  if (target === undefined) return chartService(name, namespace, world);
  const ports = listAt(target.fields, ['spec', 'ports']);
  const open = ports.some((one) => [valueAt(one, ['name']), valueAt(one, ['port'])].includes(port));
  return open ? toObject(target) : broken(`${titleOf(target)} has no port ${port}`);
}

/** Who serves the Ingress, and who makes its certificate. */
function entrance(from: DesiredObject, world: World): Link[] {
  const name = String(valueAt(from.fields, ['spec', 'ingressClassName']));
  const issuer = valueAt(from.fields, ['metadata', 'annotations', 'cert-manager.io/cluster-issuer']);
  const controller = world.named('IngressClass', undefined, name) ?? world.chart(name);
  const served: Link = {
    ...{ from, kind: 'Ingress -> controller', says: 'is served by' },
    end: found(controller, `nothing brings the IngressClass ${name}: no object, and no chart of that name`),
  };
  if (issuer === undefined) return [served];
  return [served, certified(from, 'Ingress -> ClusterIssuer', issuer, world)];
}

/** Who makes a certificate. */
export const certified = (from: DesiredObject, kind: LinkKind, issuer: unknown, world: World): Link => ({
  ...{ from, kind, says: 'has its certificate from' },
  end: found(world.named('ClusterIssuer', undefined, issuer), `ClusterIssuer ${issuer} is not there`),
});

function budget(from: DesiredObject, world: World): Link[] {
  const selector = valueAt(from.fields, ['spec', 'selector']);
  return podLinks(from, 'PodDisruptionBudget -> pods', selector, world.podsIn(from.namespace, selector));
}
