import { type Document, isAlias, isCollection, parseAllDocuments, visit, type YAMLParseError } from 'yaml';
import { kubernetesTags } from './yaml-dialect.ts';
import { plainYaml } from './yaml-plain.ts';

/** Text that is no YAML, or YAML that no manifest holds. Its message never repeats the text: it may be a Secret. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/** Deeper than any manifest, and far from the end of the stack. */
const MAX_DEPTH = 200;
/** The limit of values, with every alias expanded; the largest CRDs have some 50,000. */
const MAX_VALUES = 1_000_000;

/** `kubernetes`: plain scalars and merge keys of YAML 1.1 as the API server gets them. `1.2`: those of YAML's core schema. */
export type Dialect = 'kubernetes' | '1.2';

/**
 * The values of every document in a text of unknown origin; an empty document gives null. An integer beyond 2^53 that
 * the API server keeps is a bigint. A key that is there twice is refused: readers differ in which of the two counts. So
 * is a mapping or a sequence as a key, which JSON has not: as a name, it would show what is in it.
 * @throws {YamlError} for a syntax error, and for a value that `checkTree` refuses
 */
export function parseYaml(text: string, dialect: Dialect = 'kubernetes'): readonly unknown[] {
  const plain = dialect === 'kubernetes' ? plainYaml(text) : undefined;
  if (plain === undefined) return anyYaml(text, dialect);
  checkTree(plain);
  return [plain];
}

/** The same of every text that is YAML. @throws {YamlError} */
export function anyYaml(text: string, dialect: Dialect = 'kubernetes'): readonly unknown[] {
  return Array.from(documentsIn(text, dialect), (document) => {
    const [fault] = document.errors;
    if (fault !== undefined) throw refusal(text, fault);
    checkKeys(document);
    const value = plainValue(document);
    checkTree(value);
    return value;
  });
}

/** The parser gives up at a depth of its own. */
const refusal = (text: string, { code, pos }: YAMLParseError): YamlError =>
  new YamlError(
    code === 'RESOURCE_EXHAUSTION' ? TOO_DEEP : `is no YAML: ${code} at ${placeOf(text, pos[0])}`,
  );

/** As editors count: from 1. */
function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

const OPTIONS = { prettyErrors: false, logLevel: 'silent' } as const;
const KUBERNETES = { ...OPTIONS, customTags: kubernetesTags } as const;

const documentsIn = (text: string, dialect: Dialect) =>
  bounded(() => parseAllDocuments(text, dialect === 'kubernetes' ? KUBERNETES : OPTIONS));

/** @throws {YamlError} for a key that is a mapping or a sequence, or an alias of one */
function checkKeys(document: Document.Parsed): void {
  visit(document, {
    Pair: (_, { key }) => {
      if (isCollection(isAlias(key) ? key.resolve(document) : key))
        throw new YamlError('has a mapping or a sequence as a key');
    },
  });
}

const plainValue = (document: { toJS(): unknown }): unknown => bounded(() => document.toJS());

/** The library recurses, so that deep nesting may fill the stack; an alias bomb is a ReferenceError. */
function bounded<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError(TOO_DEEP);
    if (error instanceof SyntaxError) throw new YamlError(error.message);
    if (error instanceof ReferenceError) throw new YamlError(aliasFault(error));
    throw error;
  }
}

const aliasFault = ({ message }: ReferenceError): string =>
  message.startsWith('Excessive') ? 'has too many aliases' : 'has an alias without an anchor';

const TOO_DEEP = `is nested deeper than ${MAX_DEPTH} levels`;

/**
 * Refuses what cannot be walked, or cannot be JSON: a value that holds itself (`&a {x: *a}`), more than 200 levels,
 * more than a million values, and a number that is not finite.
 * @throws {YamlError}
 */
export function checkTree(root: unknown): void {
  const above = new Set<object>();
  let values = 0;
  const visit = (value: unknown): void => {
    values += 1;
    if (values > MAX_VALUES) throw new YamlError(`holds more than ${MAX_VALUES} values`);
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new YamlError(`holds a number that is not finite (${value})`);
    if (typeof value === 'object' && value !== null) descend(value);
  };
  const descend = (value: object): void => {
    if (above.has(value)) throw new YamlError('holds a value that contains itself, by an alias');
    if (above.size >= MAX_DEPTH) throw new YamlError(TOO_DEEP);
    above.add(value);
    for (const inner of Object.values(value)) visit(inner);
    above.delete(value);
  };
  visit(root);
}
