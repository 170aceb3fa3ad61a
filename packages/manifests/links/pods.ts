import { type DesiredObject, type Fields, isFields, titleOf, valueAt } from '../objects.ts';
import { listAt, podSpecOf, type Source, sourcesOf } from '../references.ts';
import { absent, broken, type End, found, type Link, outside, toObject } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { makerByName } from './operators.ts';
import { dnsEnd, podsOf, stopped } from './paths.ts';
import { selects } from './selection.ts';
import { hostsIn, type ServiceUrl, serviceEnd, urlsIn } from './urls.ts';

/** What the pods of a workload need to start and to work. */
export function podLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  const spec = podSpecOf(from);
  if (spec === undefined) return [];
  return [
    account(from, spec, world),
    ...priority(from, spec, world),
    ...sources(from, spec, world),
    ...claims(from, spec, world),
    ...images(from, spec, world),
    ...connections(from, spec, world),
    ...headless(from, world),
    ...runtimeClass(from, spec, world),
  ];
}

function account(from: DesiredObject, spec: Fields, world: ObjectIndex): Link {
  const name = spec.serviceAccountName ?? 'default';
  const own = found(
    world.named('ServiceAccount', from.namespace, name),
    `ServiceAccount ${from.namespace}/${name} is not there`,
    missingIn(from, world),
  );
  const end =
    name === 'default' ? outside(`ServiceAccount ${from.namespace}/default of every namespace`) : own;
  return { from, kind: 'workload -> ServiceAccount', says: 'runs as', end };
}

function priority(from: DesiredObject, { priorityClassName: name }: Fields, world: ObjectIndex): Link[] {
  if (typeof name !== 'string') return [];
  const end = /^system-(cluster|node)-critical$/.test(name)
    ? outside(`PriorityClass ${name} of Kubernetes`)
    : found(world.named('PriorityClass', undefined, name), `PriorityClass ${name} is not there`);
  return [{ from, kind: 'workload -> PriorityClass', says: 'has the priority', end }];
}

/** In a namespace of which dist/ holds all, what is not there is missing. */
export const missingIn = ({ namespace }: DesiredObject, world: ObjectIndex): ((why: string) => End) =>
  world.isOpen(namespace) ? absent : broken;

const sources = (from: DesiredObject, spec: Fields, world: ObjectIndex): Link[] =>
  [...sourcesOf(spec), ...pullSecretsOf(spec)]
    .filter(({ optional }) => !optional)
    .map((source) => {
      const verb = source.how === 'mounted' ? 'mounts' : 'reads at its start';
      const end = sourceEnd(from, source, world);
      const fetched = end.kind === 'object' && end.object.kind !== source.kind;
      const says = fetched ? `${verb} Secret ${source.name}, fetched by` : verb;
      return { from, kind: `workload -> ${source.kind}` as const, says, end };
    });

/** The kubelet starts a pod without them, and then may pull no image. */
const pullSecretsOf = (spec: Fields): Source[] =>
  listAt(spec, ['imagePullSecrets'])
    .map((one) => valueAt(one, ['name']))
    .filter((name) => typeof name === 'string')
    .map((name) => ({ kind: 'Secret', name, keys: [], optional: false, how: 'at-start' }));

/** Every namespace has it. @see https://kubernetes.io/docs/concepts/configuration/configmap/ */
const ROOT_CA = 'kube-root-ca.crt';

function sourceEnd(from: DesiredObject, source: Source, world: ObjectIndex): End {
  const holder = holderOf(from.namespace, source, world);
  const title = `${source.kind} ${from.namespace}/${source.name}`;
  if (source.name === ROOT_CA) return outside(`${title} of every namespace`);
  if (holder === undefined) {
    // A Secret is often made by hand, so that no repository has it.
    const missing = source.kind === 'Secret' ? absent : missingIn(from, world);
    return missing(`${title} is not there, and nothing makes it`);
  }
  const missing = source.keys.filter((key) => !(holder.keys?.includes(key) ?? true));
  if (missing.length > 0)
    return broken(`${title} has no key ${missing.join(', ')}; it has ${holder.keys?.join(', ') || 'none'}`);
  return holder.end;
}

/** A Secret that is needed as a whole, or some keys of it. */
export const secretEnd = (
  from: DesiredObject,
  name: string,
  world: ObjectIndex,
  keys: readonly string[] = [],
): End => sourceEnd(from, { kind: 'Secret', name, keys, optional: false, how: 'mounted' }, world);

/** A ConfigMap, or some keys of it. */
export const configMapEnd = (
  from: DesiredObject,
  name: string,
  world: ObjectIndex,
  keys: readonly string[] = [],
): End => sourceEnd(from, { kind: 'ConfigMap', name, keys, optional: false, how: 'mounted' }, world);

interface Holder {
  /** Undefined: not known. */
  readonly keys: readonly string[] | undefined;
  readonly end: End;
}

/** Who brings a ConfigMap or a Secret into a namespace, and with which keys. */
function holderOf(
  namespace: string | undefined,
  { kind, name }: Source,
  world: ObjectIndex,
): Holder | undefined {
  const object = world.named(kind, namespace, name);
  if (object !== undefined) return { keys: keysIn(object), end: toObject(object) };
  if (kind === 'ConfigMap') return spreadBy(namespace, name, world);
  const fetched = world
    .ofKind('ExternalSecret')
    .find((one) => one.namespace === namespace && targetOf(one) === name && creates(one));
  if (fetched !== undefined) return { keys: fetchedKeys(fetched), end: toObject(fetched) };
  const maker = makerOf(namespace, name, world);
  if (maker !== undefined) return { keys: undefined, end: toObject(maker) };
  const made = world.outside.secrets.find((one) => one.namespace === namespace && one.name === name);
  return made && { keys: made.keys, end: outside(`Secret ${namespace}/${name}, made before the first sync`) };
}

/** trust-manager brings authorities into the namespaces that a Bundle selects. */
function spreadBy(namespace: string | undefined, name: string, world: ObjectIndex): Holder | undefined {
  const labels = { 'kubernetes.io/metadata.name': namespace ?? '' };
  const bundle = world
    .ofKind('Bundle')
    .find((one) => one.name === name && selects(valueAt(one.fields, TARGET_NAMESPACES), labels));
  if (bundle === undefined) return undefined;
  const key = valueAt(bundle.fields, ['spec', 'target', 'configMap', 'key']);
  return { keys: typeof key === 'string' ? [key] : undefined, end: toObject(bundle) };
}

const TARGET_NAMESPACES = ['spec', 'target', 'namespaceSelector'];

/** A sealed Secret, a certificate's, or an operator's. */
const makerOf = (
  namespace: string | undefined,
  name: string,
  world: ObjectIndex,
): DesiredObject | undefined =>
  world.named('SealedSecret', namespace, name) ??
  world
    .ofKind('Certificate')
    .find((one) => one.namespace === namespace && valueAt(one.fields, ['spec', 'secretName']) === name) ??
  makerByName(namespace, name, world);

const keysIn = ({ fields }: DesiredObject): string[] =>
  ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(fields[field] ?? {}));

const targetOf = ({ name, fields }: DesiredObject): unknown =>
  valueAt(fields, ['spec', 'target', 'name']) ?? name;

/** `Merge` fills a Secret that others make, `None` makes none. @see https://external-secrets.io/latest/guides/ownership-deletion-policy/ */
const creates = ({ fields }: DesiredObject): boolean =>
  !['Merge', 'None'].includes(String(valueAt(fields, ['spec', 'target', 'creationPolicy'])));

/** Undefined where all that the store has is taken, or a template makes the keys. */
function fetchedKeys({ fields }: DesiredObject): string[] | undefined {
  if (listAt(fields, ['spec', 'dataFrom']).length > 0) return undefined;
  const template = valueAt(fields, ['spec', 'target', 'template', 'data']);
  if (isFields(template)) return Object.keys(template);
  return listAt(fields, ['spec', 'data']).map((one) => String(valueAt(one, ['secretKey'])));
}

function claims(from: DesiredObject, spec: Fields, world: ObjectIndex): Link[] {
  const names = listAt(spec, ['volumes']).map((one) => valueAt(one, ['persistentVolumeClaim', 'claimName']));
  return names
    .filter((name) => typeof name === 'string')
    .map((name) => ({
      from,
      kind: 'workload -> PersistentVolumeClaim',
      says: 'stores in',
      end: found(
        world.named('PersistentVolumeClaim', from.namespace, name) ?? claimantOf(from.namespace, name, world),
        `PersistentVolumeClaim ${from.namespace}/${name} is not there`,
        missingIn(from, world),
      ),
    }));
}

/** The StatefulSet that makes the claim for one of its pods: `data-redis-0` of the template `data` of `redis`. */
const claimantOf = (
  namespace: string | undefined,
  claim: string,
  world: ObjectIndex,
): DesiredObject | undefined =>
  world
    .ofKind('StatefulSet')
    .filter((set) => set.namespace === namespace)
    .find(({ name, fields }) =>
      listAt(fields, ['spec', 'volumeClaimTemplates']).some(
        (template) => claim.replace(/\d+$/, '') === `${valueAt(template, ['metadata', 'name'])}-${name}-`,
      ),
    );

const containersIn = (spec: Fields): Fields[] =>
  ['initContainers', 'containers'].flatMap((field) => listAt(spec, [field])).filter(isFields);

function images(from: DesiredObject, spec: Fields, world: ObjectIndex): Link[] {
  if (world.outside.registry === undefined) return [];
  const names = [...new Set(containersIn(spec).map(({ image }) => String(image)))];
  return names.map((image) => ({
    from,
    kind: 'workload -> image',
    says: 'runs',
    end: imageEnd(image, world),
  }));
}

function imageEnd(image: string, { outside: { images: known, registry = '' } }: ObjectIndex): End {
  // A workload may bring an image of others; one of ours that is not released is a slip.
  if (!known.has(image) && image.startsWith(registry))
    return broken(`image ${image} is not in environments/images.ts`);
  const folder = known.get(image);
  return outside(folder === undefined ? `${image}, which others build` : `${image}, built from ${folder}`);
}

/** Hosts of Services in the variables and arguments of containers, and whether NetworkPolicies let pods reach them. */
function connections(from: DesiredObject, spec: Fields, world: ObjectIndex): Link[] {
  const containers = containersIn(spec);
  const variables = containers.flatMap((one) =>
    listAt(one, ['env']).map((two) => ({ name: valueAt(two, ['name']), value: valueAt(two, ['value']) })),
  );
  const words = containers.flatMap((one) => [...listAt(one, ['args']), ...listAt(one, ['command'])]);
  const urls = urlsIn([...variables.map(({ value }) => value), ...words]);
  const hosts = hostsIn(variables, from.namespace, world);
  const links = [...urls, ...hosts].map((url) => connection(from, url, world));
  const dns = links.length === 0 ? undefined : dnsEnd(podsOf(from), world);
  return dns === undefined
    ? links
    : [...links, { from, kind: 'workload -> DNS', says: 'finds names by', end: dns }];
}

function connection(from: DesiredObject, url: ServiceUrl, world: ObjectIndex): Link {
  const end = serviceEnd(url, world);
  const self = { ...podsOf(from), title: titleOf(from) };
  const cut = end.kind === 'object' ? stopped(self, end.object, url.port, world) : undefined;
  const on = url.port === undefined ? '' : ` on port ${url.port}`;
  return { from, kind: 'workload -> Service', says: `connects${on} to`, end: cut ?? end };
}

function headless(from: DesiredObject, world: ObjectIndex): Link[] {
  const name = valueAt(from.fields, ['spec', 'serviceName']);
  if (from.kind !== 'StatefulSet' || typeof name !== 'string') return [];
  const end = found(
    world.named('Service', from.namespace, name),
    `Service ${from.namespace}/${name} is not there`,
    missingIn(from, world),
  );
  return [{ from, kind: 'StatefulSet -> Service', says: 'names its pods by', end }];
}

function runtimeClass(from: DesiredObject, { runtimeClassName: name }: Fields, world: ObjectIndex): Link[] {
  if (typeof name !== 'string') return [];
  const end = found(
    world.named('RuntimeClass', undefined, name),
    `RuntimeClass ${name} is not there`,
    absent,
  );
  return [{ from, kind: 'workload -> RuntimeClass', says: 'runs in', end }];
}
