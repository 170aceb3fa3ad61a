/**
 * JSON Schemas as kubeconform wants them, one file a kind, out of the OpenAPI document of a running API
 * server: the exact version, with the exact custom resources, and no download.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly [key: string]: unknown;
}

export type Definitions = Readonly<Record<string, Schema>>;

/** What kubeconform puts its own values into. */
export const fileTemplate = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

/** 'Deployment', 'apps', 'v1' -> 'deployment-apps-v1.json'; a group counts up to its first dot. */
export const fileName = (kind: string, group: string, version: string): string =>
  [kind, ...(group === '' ? [] : [group.split('.')[0]]), version].join('-').toLowerCase().concat('.json');

const number = { oneOf: [{ type: 'string' }, { type: 'number' }] };

const isQuantity = (name: string) => name.endsWith('.api.resource.Quantity');

/** A schema that knows its keys takes no other, and numbers where the server takes them for strings. */
function strict(schema: Schema): Schema {
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string']) return number;
  const { properties, items, additionalProperties } = schema;
  const closed =
    properties !== undefined &&
    additionalProperties === undefined &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: strict(items) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: strict(additionalProperties) }
      : {}),
    ...(properties === undefined ? {} : { properties: mapped(properties, strict) }),
    ...(closed ? { additionalProperties: false } : {}),
  };
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, of: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]));

const prefix = '#/definitions/';

/** Names of the definitions that a text refers to. */
const referred = (text: string): string[] =>
  [...text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(([, name = '']) => name);

/** A definition with all that it refers to, itself or through others. */
function bundle(root: string, all: ReadonlyMap<string, string>): string {
  const names = new Set<string>();
  const waiting = [root];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    waiting.push(...referred(all.get(name) ?? ''));
  }
  const definitions = [...names].map((name) => `${JSON.stringify(name)}:${all.get(name)}`);
  return `{"$ref":"${prefix}${root}","definitions":{${definitions.join(',')}}}`;
}

/**
 * Writes the schema of every kind.
 * @param definitions of the server's /openapi/v2
 * @returns how many
 */
export function writeSchemas(folder: string, definitions: Definitions): number {
  mkdirSync(folder, { recursive: true });
  const all = new Map(
    Object.entries(definitions).map(([name, schema]) => [
      name,
      JSON.stringify(isQuantity(name) ? number : strict(schema)),
    ]),
  );
  const kinds = Object.entries(definitions).flatMap(([name, schema]) => {
    const [only, ...more] = schema['x-kubernetes-group-version-kind'] ?? [];
    // A definition of many kinds (Status, DeleteOptions) is no object of dist.
    return only === undefined || more.length > 0 ? [] : [{ name, ...only }];
  });
  for (const { name, kind, group, version } of kinds)
    writeFileSync(join(folder, fileName(kind, group, version)), bundle(name, all));
  return kinds.length;
}
