import { jsonText } from '../../manifests/embedded.ts';
import { type DesiredObject, isFields, type Snapshot, titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt } from '../../manifests/references.ts';
import { folderOf, sourcesIn } from '../../manifests/scope.ts';

/** The finalizer with which the deletion of an Application deletes its objects. */
const FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** Whether the deletion of an Application deletes what it manages. */
export const cascades = ({ fields }: DesiredObject): boolean =>
  listAt(fields, ['metadata', 'finalizers']).some((one) => String(one).startsWith(FINALIZER));

/** What an Application syncs of a snapshot: the files of its folders that its sources take. */
export const syncedBy = (application: DesiredObject, { objects }: Snapshot): DesiredObject[] =>
  sourcesIn(application.fields).flatMap((source) => {
    const folder = folderOf(valueAt(source, ['path']));
    if (folder === undefined) return [];
    return [...objects.values()].filter(({ file }) => takes(source, folder, file));
  });

/** @see https://argo-cd.readthedocs.io/en/stable/user-guide/directory/ */
function takes(source: unknown, folder: string, file: string): boolean {
  if (!file.startsWith(`${folder}/`)) return false;
  const below = file.slice(folder.length + 1);
  const directory = valueAt(source, ['directory']);
  const [include, exclude] = ['include', 'exclude'].map((field) => valueAt(directory, [field]));
  return (
    (!below.includes('/') || valueAt(directory, ['recurse']) === true) &&
    (typeof include !== 'string' || include === '' || matches(below, include)) &&
    !(typeof exclude === 'string' && exclude !== '' && matches(below, exclude))
  );
}

/** A glob in which `*` is any text, slashes too, and `{a,b}` one of several. */
function matches(path: string, glob: string): boolean {
  const form = glob.replace(/[\\^$+.()|]|\*+|\?|[{},]/g, (one) => {
    if (one.startsWith('*')) return '.*';
    return { '?': '.', '{': '(?:', '}': ')', ',': '|' }[one] ?? `\\${one}`;
  });
  return new RegExp(`^(?:${form})$`).test(path);
}

/** What an Application no longer takes, though it is still in the repository and no other Application takes it. */
export function fallingOut(
  before: DesiredObject,
  after: DesiredObject,
  base: Snapshot,
  head: Snapshot,
): DesiredObject[] {
  const kept = new Set(syncedBy(after, head).map(({ identity }) => identity));
  const others = [...head.objects.values()].filter(
    (one) => one.kind === 'Application' && one.identity !== after.identity,
  );
  const elsewhere = new Set(others.flatMap((one) => syncedBy(one, head)).map(({ identity }) => identity));
  return syncedBy(before, base).filter(
    ({ identity }) => head.objects.has(identity) && !kept.has(identity) && !elsewhere.has(identity),
  );
}

/** An Application of the head that syncs the same folder to the same place: the removed one under another name. */
export function heirOf(
  application: DesiredObject,
  base: Snapshot,
  head: Snapshot,
): DesiredObject | undefined {
  const place = placeFor(application);
  return [...head.objects.values()].find(
    (one) =>
      one.kind === 'Application' &&
      one.environment === application.environment &&
      !base.objects.has(one.identity) &&
      place !== undefined &&
      placeFor(one) === place,
  );
}

function placeFor({ kind, fields }: DesiredObject): string | undefined {
  const folders = sourcesIn(fields).map((source) => folderOf(valueAt(source, ['path'])));
  if (kind !== 'Application' || folders.length === 0 || folders.includes(undefined)) return undefined;
  return jsonText([folders, clusterOf(fields), valueAt(fields, ['spec', 'destination', 'namespace'])]);
}

/** The cluster of an Application; its own has a name and an address. */
export function clusterOf(fields: unknown): unknown {
  const [server, name] = ['server', 'name'].map((field) => valueAt(fields, ['spec', 'destination', field]));
  return server ?? (name === 'in-cluster' ? 'https://kubernetes.default.svc' : name);
}

/** An Application that an ApplicationSet made of an element that is gone. */
export interface Retired {
  readonly element: string;
  /** What stands in the folder that it synced. */
  readonly objects: readonly DesiredObject[];
}

/** The elements of list generators that are gone, and what their Applications sync. */
export function retiredIn(
  before: DesiredObject,
  after: DesiredObject | undefined,
  base: Snapshot,
): Retired[] {
  const left = new Set((after === undefined ? [] : elementsOf(after, base)).map((one) => jsonText(one)));
  const template = valueAt(before.fields, ['spec', 'template']);
  const application = { ...before, kind: 'Application' };
  return elementsOf(before, base)
    .filter((element) => !left.has(jsonText(element)))
    .map((element) => {
      const fields = filled(template, element);
      const synced = isFields(fields) ? syncedBy({ ...application, fields }, base) : [];
      // A set may be in a folder that it generates an Application for.
      const objects = synced.filter(({ kind }) => kind !== 'ApplicationSet');
      return { element: String(element.name ?? Object.values(element)[0] ?? ''), objects };
    });
}

type Element = Readonly<Record<string, unknown>>;

const elementsOf = ({ fields }: DesiredObject, base: Snapshot): Element[] =>
  listAt(fields, ['spec', 'generators']).flatMap((one) => [
    ...listAt(one, ['list', 'elements']).filter(isFields),
    ...directories(listAt(one, ['git', 'directories']), base),
  ]);

/**
 * The folders below dist/ that a git generator takes: an excluded one is left out, whatever else takes it.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/
 */
function directories(patterns: readonly unknown[], { objects }: Snapshot): Element[] {
  if (patterns.length === 0) return [];
  const folders = new Set([...objects.values()].map((one) => `dist/${one.environment}/${one.application}`));
  const taken = (path: string, excluded: boolean): boolean =>
    patterns.some(
      (one) =>
        (valueAt(one, ['exclude']) === true) === excluded && matchesFolder(path, valueAt(one, ['path'])),
    );
  return [...folders]
    .filter((path) => taken(path, false) && !taken(path, true))
    .map((path) => ({
      ...{ path, 'path.path': path, 'path.basename': path.split('/').at(-1) },
      'path.basenameNormalized': path
        .split('/')
        .at(-1)
        ?.replace(/[^a-z0-9-]/g, '-'),
    }));
}

/** Go's path.Match: `*` is any text without a slash. */
function matchesFolder(path: string, glob: unknown): boolean {
  const form = String(glob)
    .replace(/\/+$/, '')
    .replace(/[\\^$+.()|{}]|\*|\?/g, (one) => ({ '*': '[^/]*', '?': '[^/]' })[one] ?? `\\${one}`);
  return new RegExp(`^(?:${form})$`).test(path);
}

/** `{{name}}` and `{{.name}}` in every text. */
function filled(value: unknown, element: Element): unknown {
  if (typeof value === 'string')
    return value.replace(/\{\{\s*\.?([\w.-]+)\s*\}\}/g, (text, name) => String(element[name] ?? text));
  if (Array.isArray(value)) return value.map((one) => filled(one, element));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, element)]));
}

/** Names of a few objects, and how many more there are. */
export function namesOf(objects: readonly DesiredObject[]): string {
  const names = objects.slice(0, 3).map(titleOf).join(', ');
  return objects.length > 3 ? `${names} and ${objects.length - 3} more` : names;
}
