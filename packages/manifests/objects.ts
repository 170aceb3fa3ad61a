import { ConfigurationError } from '../contracts/checks.ts';
import { parseJson } from './embedded.ts';
import { type DesiredObject, type Fields, isFields } from './fields.ts';
import { isManifest } from './manifests.ts';
import { type Homes, homesOf, itemsOf, namespaceOf } from './scope.ts';
import { checkTree, parseYaml, YamlError } from './yaml.ts';

export { type DesiredObject, entryOf, type Fields, isFields, valueAt } from './fields.ts';

/** What one revision wants. */
export interface Snapshot {
  /** What people call the revision. */
  readonly label: string;
  readonly objects: ReadonlyMap<string, DesiredObject>;
}

/** Parses files by their format; a text that it has parsed before gives the very same values. */
export type Parse = (text: string, format?: 'yaml' | 'json') => readonly unknown[];

/**
 * The objects in the files below dist/ (`<environment>/<application>/<file>.yaml` -> text).
 * @param parse One for both sides: what did not change is parsed once.
 * @param command Whose errors they are.
 * @throws {ConfigurationError} with every file that is no YAML, no object, or holds an object for a second time
 */
export function snapshotOf(
  label: string,
  files: ReadonlyMap<string, string>,
  parse = parser(),
  command = 'diff',
): Snapshot {
  const faults: string[] = [];
  const found: DesiredObject[] = [];
  for (const [file, text] of [...files].filter(([path, text]) => isManifest(path) && !text.includes(SKIP))) {
    const inFile = objectsIn(file, text, parse);
    if (typeof inFile === 'string') faults.push(`dist/${file} ${inFile}`);
    else found.push(...inFile);
  }
  const objects = new Map<string, DesiredObject>();
  const homes = homesOf(found);
  for (const object of found) faults.push(...put(objects, settled(object, homes)));
  if (faults.length > 0)
    throw new ConfigurationError(
      command,
      faults.map((fault) => `${label}: ${fault}`),
    );
  return { label, objects };
}

/** Argo CD leaves out a file that says so. @see https://argo-cd.readthedocs.io/en/stable/user-guide/directory/ */
const SKIP = '+argocd:skip-file-rendering';

const settled = (object: DesiredObject, homes: Homes): DesiredObject =>
  identified({ ...object, namespace: namespaceOf(object, homes) });

const identified = (object: Omit<DesiredObject, 'identity'>): DesiredObject => {
  const { environment, group, kind, namespace, name } = object;
  return { ...object, identity: JSON.stringify([environment, group, kind, namespace ?? '', name]) };
};

/** A parser that parses the same text once. */
export function parser(): Parse {
  const parsed = new Map<string, readonly unknown[]>();
  return (text, format = 'yaml') => {
    const key = `${format} ${text}`;
    const values = parsed.get(key) ?? (format === 'json' ? [jsonOf(text)] : parseYaml(text)).flatMap(itemsOf);
    parsed.set(key, values);
    return values;
  };
}

/** Argo CD takes one object from a file of JSON. @throws {YamlError} */
function jsonOf(text: string): unknown {
  try {
    const value = parseJson(text);
    checkTree(value);
    return value;
  } catch (error) {
    // The parser's own words repeat the text.
    throw error instanceof SyntaxError ? new YamlError('is no single value of JSON') : error;
  }
}

function objectsIn(file: string, text: string, parse: Parse): DesiredObject[] | string {
  try {
    const objects = parse(text, file.endsWith('.json') ? 'json' : 'yaml').map((value) =>
      desired(file, value),
    );
    const whole = objects.filter((object) => object !== undefined);
    return whole.length === objects.length ? whole : 'holds something without apiVersion, kind or name';
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return error.message;
  }
}

function desired(file: string, value: unknown): DesiredObject | undefined {
  const fields = isFields(value) ? value : {};
  const { apiVersion, kind, metadata } = fields;
  const { namespace, ...names } = isFields(metadata) ? metadata : {};
  const name = nameOf(names);
  if (!isText(apiVersion) || !isText(kind) || name === undefined) return undefined;
  const [environment = '', ...folders] = file.split('/').slice(0, -1);
  return identified({
    environment,
    application: folders.join('/'),
    file,
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    namespace: isText(namespace) ? namespace : undefined,
    name,
    fields,
  });
}

/** `import-*` for an object that the API server names at each sync. */
const nameOf = ({ name, generateName }: Fields): string | undefined => {
  if (isText(name)) return name;
  return isText(generateName) ? `${generateName}${GENERATED}` : undefined;
};

const GENERATED = '*';

/** Whether every sync creates such an object again, under another name. */
export const isGenerated = ({ name }: DesiredObject): boolean => name.includes(GENERATED);

/** Several may have one `generateName`: they are numbered, as Argo CD does it. */
function put(objects: Map<string, DesiredObject>, object: DesiredObject): string[] {
  const first = objects.get(object.identity);
  if (first !== undefined && isGenerated(object)) return put(objects, renamed(object));
  objects.set(object.identity, first ?? object);
  return first === undefined
    ? []
    : [`dist/${first.file} and dist/${object.file} are both ${titleOf(object)}`];
}

const renamed = (object: DesiredObject): DesiredObject => {
  const [prefix = '', count = ''] = object.name.split(GENERATED);
  return identified({ ...object, name: `${prefix}${GENERATED}${Number(count || 1) + 1}` });
};

/** `Deployment consumer/consumer` */
export const titleOf = ({ kind, namespace, name }: DesiredObject): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
