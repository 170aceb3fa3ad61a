import { jsonText } from '../embedded.ts';
import { type DesiredObject, type Fields, isFields, titleOf, valueAt } from '../objects.ts';
import { listAt, podSpecOf } from '../references.ts';
import { absent, broken, type End, found, type Link, type LinkKind, outside, toObject } from './links.ts';
import { type ObjectIndex, plain } from './object-index.ts';
import { stopped } from './paths.ts';
import { missingIn, secretEnd } from './pods.ts';
import { chartService } from './urls.ts';

/** How traffic finds its way: Services, Ingresses and what disrupts pods. */
export function trafficLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  switch (from.kind) {
    case 'Service':
      return service(from, world);
    case 'Ingress':
      return [...backends(from, world), ...entrance(from, world), ...certificates(from, world)];
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

function service(from: DesiredObject, world: ObjectIndex): Link[] {
  const spec = valueAt(from.fields, ['spec']);
  const selector = valueAt(spec, ['selector']);
  if (!isFields(selector)) return [];
  const pods = world.podsIn(from.namespace, plain(selector));
  return [
    ...podLinks(from, 'Service -> pods', selector, pods, world),
    ...pods.flatMap((workload) => listAt(spec, ['ports']).map((port) => containerPort(from, port, workload))),
  ];
}

/** One link to each workload selected, or a broken one. */
function podLinks(
  from: DesiredObject,
  kind: 'Service -> pods' | 'PodDisruptionBudget -> pods',
  selector: unknown,
  pods: readonly DesiredObject[],
  world: ObjectIndex,
): Link[] {
  const ends = pods.map(toObject);
  const none = missingIn(from, world)(`no pods of ${from.namespace} have the labels ${jsonText(selector)}`);
  return (ends.length > 0 ? ends : [none]).map((end) => ({ from, kind, says: 'selects the pods of', end }));
}

/** A port need not be declared to be open; one that goes by a name must be. */
function containerPort(from: DesiredObject, port: unknown, workload: DesiredObject): Link {
  const number = valueAt(port, ['port']);
  const target = valueAt(port, ['targetPort']) ?? number;
  const open = portsOf(workload).find(({ name, containerPort: at }) => target === name || target === at);
  const end =
    open === undefined
      ? (typeof target === 'string' ? broken : absent)(
          `no container of ${titleOf(workload)} has the port ${target}`,
          [workload],
        )
      : outside(`container port ${open.containerPort} (${open.name ?? target}) of ${titleOf(workload)}`);
  return {
    from,
    kind: 'Service -> container port',
    says: `leads port ${number} to`,
    expects: `${target}`,
    end,
  };
}

function backends(from: DesiredObject, world: ObjectIndex): Link[] {
  const rules = listAt(from.fields, ['spec', 'rules']).flatMap((rule) =>
    listAt(rule, ['http', 'paths']).map((path) => ({
      says: `leads ${valueAt(rule, ['host']) ?? '*'}${valueAt(path, ['path']) ?? ''} to`,
      backend: valueAt(path, ['backend', 'service']),
    })),
  );
  const otherwise = valueAt(from.fields, ['spec', 'defaultBackend', 'service']);
  const all = otherwise === undefined ? rules : [...rules, { says: 'leads all else to', backend: otherwise }];
  return all
    .filter(({ backend }) => backend !== undefined)
    .map(({ says, backend }) => ({
      from,
      kind: 'Ingress -> Service',
      says,
      end: reached(from, backend, world),
    }));
}

/** The port, where the pods of the controller's chart may reach it. */
function reached(from: DesiredObject, backend: unknown, world: ObjectIndex): End {
  const end = backendEnd(from, backend, world);
  const name = valueAt(from.fields, ['spec', 'ingressClassName']);
  const pods = world.podsOfChart(String(name));
  if (end.kind !== 'object' || pods === undefined) return end;
  const port = numberOf(end.object, backend);
  return stopped({ ...pods, title: `the controller ${name}` }, end.object, port, world) ?? end;
}

function numberOf(service: DesiredObject, backend: unknown): number | undefined {
  const [name, number] = ['name', 'number'].map((field) => valueAt(backend, ['port', field]));
  const port = listAt(service.fields, ['spec', 'ports']).find((one) => valueAt(one, ['name']) === name);
  const found = number ?? valueAt(port, ['port']);
  return typeof found === 'number' ? found : undefined;
}

function backendEnd(from: DesiredObject, backend: unknown, world: ObjectIndex): End {
  const port = valueAt(backend, ['port', 'name']) ?? valueAt(backend, ['port', 'number']);
  return serviceAt(from, String(valueAt(backend, ['name'])), port, world);
}

/** A port, by name or number, of a Service in the namespace of an object. */
export function serviceAt(
  { namespace }: DesiredObject,
  name: string,
  port: unknown,
  world: ObjectIndex,
): End {
  const target = world.named('Service', namespace, name);
  if (target === undefined) return chartService(name, namespace, world);
  const ports = listAt(target.fields, ['spec', 'ports']);
  const open = ports.some((one) => [valueAt(one, ['name']), valueAt(one, ['port'])].includes(port));
  return open ? toObject(target) : broken(`${titleOf(target)} has no port ${port}`);
}

/** Who serves the Ingress, and who makes its certificate. */
function entrance(from: DesiredObject, world: ObjectIndex): Link[] {
  const name = valueAt(from.fields, ['spec', 'ingressClassName']) ?? valueAt(from.fields, CLASS_ANNOTATION);
  const issuer = valueAt(from.fields, ['metadata', 'annotations', 'cert-manager.io/cluster-issuer']);
  const controller = world.named('IngressClass', undefined, name) ?? world.chart(String(name));
  const why = `nothing brings the IngressClass ${name}: no object, and no chart of that name`;
  const served: Link = {
    ...{ from, kind: 'Ingress -> controller', says: 'is served by' },
    end: name === undefined ? outside('the default IngressClass') : found(controller, why, absent),
  };
  if (issuer === undefined) return [served];
  return [served, certified(from, 'Ingress -> ClusterIssuer', issuer, world)];
}

const CLASS_ANNOTATION = ['metadata', 'annotations', 'kubernetes.io/ingress.class'];

/** TLS Secrets of an Ingress that no issuer of cert-manager is asked for. */
function certificates(from: DesiredObject, world: ObjectIndex): Link[] {
  const isMade = ['cluster-issuer', 'issuer'].some(
    (name) => valueAt(from.fields, ['metadata', 'annotations', `cert-manager.io/${name}`]) !== undefined,
  );
  const names = listAt(from.fields, ['spec', 'tls']).map((one) => valueAt(one, ['secretName']));
  return [
    ...names
      .filter((name) => typeof name === 'string')
      .map((name) => ({
        ...{ from, kind: 'Ingress -> Secret' as const, says: 'encrypts with', expects: String(name) },
        end: isMade
          ? outside(`the Secret ${name} that cert-manager makes`)
          : secretEnd(from, String(name), world),
      })),
    ...listAt(from.fields, ['spec', 'tls']).flatMap((one) => certifiedHosts(from, one, world)),
  ];
}

/** The hosts of an entry, where a Certificate of dist/ makes its Secret. @see https://cert-manager.io/docs/usage/certificate/ */
function certifiedHosts(from: DesiredObject, tls: unknown, world: ObjectIndex): Link[] {
  const maker = world
    .ofKind('Certificate')
    .find(
      ({ namespace, fields }) =>
        namespace === from.namespace &&
        valueAt(fields, ['spec', 'secretName']) === valueAt(tls, ['secretName']),
    );
  if (maker === undefined) return [];
  const names = [
    ...listAt(maker.fields, ['spec', 'dnsNames']),
    valueAt(maker.fields, ['spec', 'commonName']),
  ].map(String);
  return listAt(tls, ['hosts']).map((host) => ({
    ...{ from, kind: 'Ingress -> Secret', says: 'encrypts with', expects: `${host}` },
    end: names.some((name) => isNamed(String(host), name))
      ? toObject(maker)
      : broken(`${titleOf(maker)} is not for the host ${host}`, [maker]),
  }));
}

/** A wildcard of a certificate stands for one label. @see https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3 */
const isNamed = (host: string, name: string): boolean =>
  name === host || (name.startsWith('*.') && host.replace(/^[^.]+/, '*') === name);

/** Who makes a certificate. */
export const certified = (
  from: DesiredObject,
  kind: LinkKind,
  issuer: unknown,
  world: ObjectIndex,
): Link => ({
  ...{ from, kind, says: 'has its certificate from' },
  end: found(world.named('ClusterIssuer', undefined, issuer), `ClusterIssuer ${issuer} is not there`, absent),
});

function budget(from: DesiredObject, world: ObjectIndex): Link[] {
  const selector = valueAt(from.fields, ['spec', 'selector']);
  const pods = world.podsIn(from.namespace, selector);
  return podLinks(from, 'PodDisruptionBudget -> pods', selector, pods, world);
}
