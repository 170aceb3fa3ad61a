import { DASHBOARD, OPAQUE } from './schema.ts';
import { checkTree, type Dialect, parseYaml } from './yaml.ts';
import { exact } from './yaml-dialect.ts';

/** What JavaScript has and TypeScript's library of this target does not describe. */
interface RawJson {
  readonly rawJSON?: (text: string) => unknown;
}

/** JSON text with every digit of a bigint. @param space As of `JSON.stringify`. */
export const jsonText = (value: unknown, space?: number): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? rawNumber(inner) : inner), space);

/** An exact number; on a Node without `rawJSON` a text, which no reader rounds. */
const rawNumber = (integer: bigint): unknown =>
  (JSON as RawJson).rawJSON?.(String(integer)) ?? String(integer);

/** The value of a JSON text; an integer that a number would round is a bigint. @throws {SyntaxError} */
export const parseJson = (text: string): unknown => JSON.parse(text, keepDigits);

function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  return isRounded ? exact(BigInt(source)) : value;
}

const DOCUMENT = /^ConfigMap\.data\..*\.(json|ya?ml)$/;

/** Values of a chart as a text, which Helm reads as Kubernetes reads YAML. */
const VALUES = /^Application\.argoproj\.io\.spec\.(source|sources\.\*)\.helm\.values$/;

/** How a place's documents are read; undefined where it holds none. */
function readersAt(place: string): readonly ((text: string) => readonly unknown[])[] | undefined {
  if (VALUES.test(place)) return [yamlDocument('kubernetes')];
  const format = DOCUMENT.exec(place)?.[1];
  if (format === undefined) return undefined;
  return format === 'json' ? [jsonDocument] : [yamlDocument('1.2'), yamlDocument('kubernetes')];
}

/** What two texts say, in one way to read them. */
export type Reading = readonly [before: object, after: object];

/**
 * The documents in two values of a ConfigMap or of a chart's values, where both hold one: then their own leaves show what changed. YAML is
 * read in both dialects, because it is not known which one its reader has: `yes` is a text or true.
 */
export function embedded(place: string, before: unknown, after: unknown): readonly Reading[] | undefined {
  const readers = readersAt(place);
  if (readers === undefined || typeof before !== 'string' || typeof after !== 'string') return undefined;
  const readings = readers.map((read) => [documentOf(read, before), documentOf(read, after)] as const);
  return readings.every(isWhole) ? readings : undefined;
}

/**
 * What two documents are, as far as the shapes of their lists are known.
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export const documentPlace = (reading: Reading): string => (reading.every(isDashboard) ? DASHBOARD : OPAQUE);

const isDashboard = (document: object): boolean =>
  'panels' in document && Array.isArray(document.panels) && 'schemaVersion' in document;

const isWhole = (reading: readonly (object | undefined)[]): reading is Reading =>
  reading.every((one) => one !== undefined);

function documentOf(read: (text: string) => readonly unknown[], text: string): object | undefined {
  try {
    const [value, ...others] = read(text);
    return typeof value === 'object' && value !== null && others.length === 0 ? value : undefined;
  } catch {
    return undefined; // Its reader will refuse it; the diff shows it as text.
  }
}

const yamlDocument =
  (dialect: Dialect) =>
  (text: string): readonly unknown[] =>
    parseYaml(text, dialect);

function jsonDocument(text: string): readonly unknown[] {
  const value = parseJson(text);
  checkTree(value);
  return [value];
}
