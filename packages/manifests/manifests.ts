import { Document, type ScalarTag, type Tags } from 'yaml';

/** A Kubernetes object as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Path below dist/ -> text of the file. */
export type Files = ReadonlyMap<string, string>;

/** What Argo CD takes for a manifest, without Jsonnet; other files of the folder are nothing to it. */
export const isManifest = (path: string): boolean => /\.(ya?ml|json)$/.test(path);

/** `<kind>-<name>[.<namespace>].yaml`: the same file for the same object, however it is asked for. */
export function fileName({ kind, metadata: { name, namespace } }: Manifest): string {
  const object = `${kind.toLowerCase()}-${name}`;
  return `${namespace === undefined ? object : `${object}.${namespace}`}.yaml`;
}

/**
 * One object, keys in alphabetical order below apiVersion, kind and metadata. A string that a YAML 1.1
 * parser would take for a number or a boolean ('0o7', 'on', '12:30:00') is quoted: Kubernetes' is one.
 */
export const manifestText = (manifest: Manifest): string =>
  new Document(topFirst(manifest), { schema, aliasDuplicateObjects: false }).toString({ lineWidth: 0 });

/** `manifestText` that writes equal objects once: environments share most of theirs. @returns the writer, which keeps every text */
export function manifestWriter(): (manifest: Manifest) => string {
  const written = new Map<string, string>();
  return (manifest) => {
    const key = JSON.stringify(manifest);
    const text = written.get(key) ?? manifestText(manifest);
    written.set(key, text);
    return text;
  };
}

/** Texts of one line that were written, as keys and as values: names and labels come again and again. */
const [keys, values] = [new Map<string, string>(), new Map<string, string>()];

/** A string of one line is written alike wherever it stands; whether it needs quotes is tried on every other type. */
const remembered = (tag: ScalarTag): ScalarTag => ({
  ...tag,
  stringify: (item, context, onComment, onChompKeep) => {
    const write = (): string => tag.stringify?.(item, context, onComment, onChompKeep) ?? '';
    const { value } = item;
    if (typeof value !== 'string' || value.includes('\n') || context.inFlow) return write();
    const written = context.implicitKey ? keys : values;
    const text = written.get(value) ?? write();
    written.set(value, text);
    return text;
  },
});

const isOfStrings = (tag: Tags[number]): tag is ScalarTag =>
  typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:str';

/** One for all: it is compiled when it is made. */
const { schema } = new Document(null, {
  ...{ compat: 'yaml-1.1', sortMapEntries: false },
  customTags: (tags) => tags.map((tag) => (isOfStrings(tag) ? remembered(tag) : tag)),
});

function topFirst(manifest: Manifest): Record<string, unknown> {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  return { apiVersion, kind, metadata: sorted(metadata), ...(sorted(rest) as object) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
