import {
  type CollectionTag,
  isAlias,
  isMap,
  isSeq,
  Scalar,
  type ScalarTag,
  type Tags,
  type YAMLMap,
} from 'yaml';

/**
 * Plain scalars as Kubernetes, kubectl and Argo CD read them: sigs.k8s.io/yaml turns YAML 1.1 (go-yaml v2) into JSON.
 * `yes`, `on` and `y` are true, `0644` is 420, `1_000` is 1000, `12:30` and `2001-12-14` are texts. What is quoted
 * stays a text.
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go
 * @see https://github.com/yaml/go-yaml/blob/v2.4.2/resolve.go
 */
export const kubernetesTags = (tags: Tags): Tags => [
  ...tags.filter((tag) => typeof tag === 'object' && isOther(tag)),
  bool,
  int,
  float,
  merge,
];

const replaced = ['bool', 'int', 'float', 'merge'];

const isOther = ({ tag }: ScalarTag | CollectionTag): boolean =>
  !replaced.some((one) => tag === `tag:yaml.org,2002:${one}`);

const bool = {
  identify: (value: unknown) => typeof value === 'boolean',
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  resolve: (text: string): unknown => /^(?:y|true|on)/i.test(text),
} as const satisfies ScalarTag;

const int = {
  identify: (value: unknown) => typeof value === 'bigint' || Number.isInteger(value),
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^[-+]?[0-9][0-9a-fA-FoOxX_]*$/,
  resolve: (text: string): unknown => integerOf(text) ?? floatOf(text) ?? text,
} as const satisfies ScalarTag;

const float = {
  identify: (value: unknown) => typeof value === 'number',
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: /^(?:[-+]?(?:\.[0-9]|[0-9])[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  resolve: (text: string): unknown =>
    specials[text.replace(/^[-+]/, '').toLowerCase()] ?? floatOf(text) ?? text,
} as const satisfies ScalarTag;

const specials: Readonly<Record<string, number>> = { '.inf': Number.POSITIVE_INFINITY, '.nan': Number.NaN };

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Go's `ParseInt` of base 0, which takes a leading 0 for octal. */
function integerOf(text: string): number | bigint | undefined {
  const plain = text.replaceAll('_', '');
  const parts = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+|[1-9][0-9]*|0)|0[oO]?([0-7]+))$/.exec(plain);
  if (parts === null) return undefined;
  const [, sign = '', other, octal] = parts;
  const amount = BigInt(octal === undefined ? (other ?? '') : `0o${octal}`);
  return amount > MAX_UINT64 ? undefined : exact(sign === '-' ? -amount : amount);
}

/** A number where it is one exactly; digits beyond 2^53 are kept as far as the API server keeps them, in 64 bits. */
export function exact(integer: bigint): number | bigint {
  const number = Number(integer);
  const isKept = Number.isSafeInteger(number) || integer > MAX_INT64 || integer < -MAX_INT64 - 1n;
  return isKept ? number : integer;
}

function floatOf(text: string): number | undefined {
  const plain = text.replaceAll('_', '');
  const isFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(plain);
  return isFloat && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
}

/** What a scalar of one line without quotes is by these tags. */
export function plainScalar(text: string): unknown {
  if (/^(?:~|[Nn]ull|NULL)$/.test(text)) return null;
  if (bool.test.test(text)) return bool.resolve(text);
  if (int.test.test(text)) return int.resolve(text);
  return float.test.test(text) ? float.resolve(text) : text;
}

/** `<<` puts in what it names where it stands: it overrides what is above it, and what is below overrides it. */
const merge: ScalarTag = {
  identify: (value) => value === '<<',
  default: 'key',
  tag: 'tag:yaml.org,2002:merge',
  test: /^<<$/,
  resolve: () => Object.assign(new Scalar(Symbol('<<')), { addToJSMap: mergeInto }),
};

type Context = Parameters<YAMLMap['toJSON']>[1];

/** A merge repeats its map, and merges of merges multiply; a manifest has few. */
const MAX_MERGES = 10_000;
const merges = new WeakMap<object, number>();

function mergeInto(context: Context, target: unknown, value: unknown): void {
  const source = dereferenced(context, value);
  // The first of several wins, so it is merged last.
  const sources = isSeq(source) ? [...source.items].reverse() : [source];
  for (const one of sources) {
    const map = dereferenced(context, one);
    if (!isMap(map)) throw new SyntaxError('has a merge key that names no map');
    if (context !== undefined) count(context);
    const entries: Map<unknown, unknown> = map.toJSON(null, context, Map);
    for (const [key, inner] of entries) put(target, key, inner);
  }
}

function count(context: object): void {
  const now = (merges.get(context) ?? 0) + 1;
  if (now > MAX_MERGES) throw new ReferenceError('Excessive merges');
  merges.set(context, now);
}

/** Defines the property instead of assigning it: a key may be called '__proto__'. */
function put(target: unknown, key: unknown, value: unknown): void {
  const how = { value, writable: true, enumerable: true, configurable: true };
  if (target instanceof Map) target.set(key, value);
  else Object.defineProperty(target, String(key), how);
}

const dereferenced = (context: Context, value: unknown): unknown =>
  isAlias(value) && context !== undefined ? value.resolve(context.doc, context) : value;
