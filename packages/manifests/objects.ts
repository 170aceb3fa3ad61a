import { ConfigurationError } from '../contracts/errors.ts';
import { parseYaml, YamlError } from './yaml.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One Kubernetes object as it stands in a file of dist/. */
export interface DesiredObject {
  /** The same for the same object in every revision: environment, API group, kind, namespace, name. */
  readonly identity: string;
  readonly environment: string;
  /** The folder below the environment's, which one Application syncs. */
  readonly application: string;
  /** Below dist/. */
  readonly file: string;
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  /** Undefined for what has none: cluster-scoped, or left to the Application. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly fields: Fields;
}

/** What one revision wants. */
export interface Snapshot {
  /** What people call the revision. */
  readonly label: string;
  readonly objects: ReadonlyMap<string, DesiredObject>;
}

/** Parses files; a text that it has parsed before gives the very same values. */
export type Parse = (text: string) => readonly unknown[];

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
  const objects = new Map<string, DesiredObject>();
  const faults: string[] = [];
  for (const [file, text] of [...files].filter(([path]) => /\.ya?ml$/.test(path))) {
    const found = objectsIn(file, text, parse);
    if (typeof found === 'string') faults.push(`${label}: dist/${file} ${found}`);
    else
      for (const object of found) faults.push(...put(objects, object).map((fault) => `${label}: ${fault}`));
  }
  if (faults.length > 0) throw new ConfigurationError(command, faults);
  return { label, objects };
}

export function parser(): Parse {
  const parsed = new Map<string, readonly unknown[]>();
  return (text) => {
    const values = parsed.get(text) ?? objectsOf(text);
    parsed.set(text, values);
    return values;
  };
}

/** @throws {YamlError} */
const objectsOf = (text: string): readonly unknown[] =>
  parseYaml(text).flatMap((value) => (value === null ? [] : itemsOf(value)));

const itemsOf = (value: unknown): unknown[] =>
  isFields(value) && value.kind === 'List' && Array.isArray(value.items) ? value.items : [value];

function objectsIn(file: string, text: string, parse: Parse): DesiredObject[] | string {
  try {
    const objects = parse(text).map((value) => desired(file, value));
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
  const { name, namespace } = isFields(metadata) ? metadata : {};
  if (!isText(apiVersion) || !isText(kind) || !isText(name)) return undefined;
  const [environment = '', ...folders] = file.split('/').slice(0, -1);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const home = isText(namespace) ? namespace : undefined;
  return {
    identity: JSON.stringify([environment, group, kind, home ?? '', name]),
    environment,
    application: folders.join('/'),
    file,
    apiVersion,
    group,
    kind,
    namespace: home,
    name,
    fields,
  };
}

function put(objects: Map<string, DesiredObject>, object: DesiredObject): string[] {
  const first = objects.get(object.identity);
  objects.set(object.identity, first ?? object);
  return first === undefined
    ? []
    : [`dist/${first.file} and dist/${object.file} are both ${titleOf(object)}`];
}

/** `Deployment consumer/consumer` */
export const titleOf = ({ kind, namespace, name }: DesiredObject): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The value at a path of fields, undefined where it ends early. */
export const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isFields(inner) ? inner[key] : undefined), value);
