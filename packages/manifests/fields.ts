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

/** Whether a value is an object with fields, and no list. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a table says of a text of unknown origin; `constructor` and `__proto__` are in no table. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** The value at a path of fields, undefined where it ends early. */
export const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isFields(inner) ? inner[key] : undefined), value);
