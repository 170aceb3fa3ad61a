import { type DesiredObject, type Fields, isFields, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf, type Source, sourcesOf } from '../../manifests/references.ts';
import { broken, type End, found, type Link, outside, toObject } from './links.ts';
import { serviceEnd, urlsIn } from './urls.ts';
import type { World } from './world.ts';

/** What the pods of a workload need to start and to work. */
export function podLinks(from: DesiredObject, world: World): Link[] {
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
  ];
}

function account(from: DesiredObject, spec: Fields, world: World): Link {
  const name = spec.serviceAccountName ?? 'default';
  const own = found(
    world.named('ServiceAccount', from.namespace, name),
    `ServiceAccount ${from.namespace}/${name} is not there`,
  );
  const end =
    name === 'default' ? outside(`ServiceAccount ${from.namespace}/default of every namespace`) : own;
  return { from, kind: 'workload -> ServiceAccount', says: 'runs as', end };
}

function priority(from: DesiredObject, { priorityClassName: name }: Fields, world: World): Link[] {
  if (typeof name !== 'string') return [];
  const end = /^system-(cluster|node)-critical$/.test(name)
    ? outside(`PriorityClass ${name} of Kubernetes`)
    : found(world.named('PriorityClass', undefined, name), `PriorityClass ${name} is not there`);
  return [{ from, kind: 'workload -> PriorityClass', says: 'has the priority', end }];
}

const sources = (from: DesiredObject, spec: Fields, world: World): Link[] =>
  sourcesOf(spec)
    .filter(({ optional }) => !optional)
    .map((source) => {
      const verb = source.how === 'mounted' ? 'mounts' : 'reads at its start';
      const end = sourceEnd(from, source, world);
      const fetched = end.kind === 'object' && end.object.kind !== source.kind;
      const says = fetched ? `${verb} Secret ${source.name}, fetched by` : verb;
      return { from, kind: `workload -> ${source.kind}` as const, says, end };
    });

function sourceEnd(from: DesiredObject, source: Source, world: World): End {
  const holder = holderOf(from.namespace, source, world);
  const title = `${source.kind} ${from.namespace}/${source.name}`;
  if (holder === undefined) return broken(`${title} is not there, and nothing makes it`);
  const missing = source.keys.filter((key) => !holder.keys.includes(key));
  if (missing.length > 0)
    return broken(`${title} has no key ${missing.join(', ')}; it has ${holder.keys.join(', ')}`);
  return holder.end;
}

interface Holder {
  readonly keys: readonly string[];
  readonly end: End;
}

/** Who brings a ConfigMap or a Secret into a namespace, and with which keys. */
function holderOf(namespace: string | undefined, { kind, name }: Source, world: World): Holder | undefined {
  const object = world.named(kind, namespace, name);
  if (object !== undefined) return { keys: keysIn(object), end: toObject(object) };
  if (kind === 'ConfigMap') return undefined;
  const fetched = world
    .ofKind('ExternalSecret')
    .find((one) => one.namespace === namespace && targetOf(one) === name);
  if (fetched !== undefined) return { keys: fetchedKeys(fetched), end: toObject(fetched) };
  const made = world.outside.secrets.find((one) => one.namespace === namespace && one.name === name);
  return made && { keys: made.keys, end: outside(`Secret ${namespace}/${name}, made before the first sync`) };
}

const keysIn = ({ fields }: DesiredObject): string[] =>
  ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(fields[field] ?? {}));

const targetOf = ({ name, fields }: DesiredObject): unknown =>
  valueAt(fields, ['spec', 'target', 'name']) ?? name;

const fetchedKeys = ({ fields }: DesiredObject): string[] =>
  listAt(fields, ['spec', 'data']).map((one) => String(valueAt(one, ['secretKey'])));

function claims(from: DesiredObject, spec: Fields, world: World): Link[] {
  const names = listAt(spec, ['volumes']).map((one) => valueAt(one, ['persistentVolumeClaim', 'claimName']));
  return names
    .filter((name) => typeof name === 'string')
    .map((name) => ({
      from,
      kind: 'workload -> PersistentVolumeClaim',
      says: 'stores in',
      end: found(
        world.named('PersistentVolumeClaim', from.namespace, name),
        `PersistentVolumeClaim ${from.namespace}/${name} is not there`,
      ),
    }));
}

const containersIn = (spec: Fields): Fields[] =>
  ['initContainers', 'containers'].flatMap((field) => listAt(spec, [field])).filter(isFields);

function images(from: DesiredObject, spec: Fields, world: World): Link[] {
  const names = [...new Set(containersIn(spec).map(({ image }) => String(image)))];
  return names.map((image) => ({
    from,
    kind: 'workload -> image',
    says: 'runs',
    end: imageEnd(image, world),
  }));
}

function imageEnd(image: string, { outside: { images: known, registry } }: World): End {
  // A workload may bring an image of others; one of ours that is not released is a slip.
  if (!known.has(image) && image.startsWith(registry))
    return broken(`image ${image} is not in environments/images.ts`);
  const folder = known.get(image);
  return outside(folder === undefined ? `${image}, which others build` : `${image}, built from ${folder}`);
}

/** Hosts of Services in the variables of containers. */
function connections(from: DesiredObject, spec: Fields, world: World): Link[] {
  const values = containersIn(spec).flatMap((one) =>
    listAt(one, ['env']).map((two) => valueAt(two, ['value'])),
  );
  return urlsIn(values).map((url) => ({
    from,
    kind: 'workload -> Service',
    says: `connects on port ${url.port} to`,
    end: serviceEnd(url, world),
  }));
}

function headless(from: DesiredObject, world: World): Link[] {
  const name = valueAt(from.fields, ['spec', 'serviceName']);
  if (from.kind !== 'StatefulSet' || typeof name !== 'string') return [];
  const end = found(
    world.named('Service', from.namespace, name),
    `Service ${from.namespace}/${name} is not there`,
  );
  return [{ from, kind: 'StatefulSet -> Service', says: 'names its pods by', end }];
}
