import { type Document, isAlias, isCollection, parseAllDocuments, visit, type YAMLParseError } from 'yaml';
import { kubernetesTags, plainScalar } from './yaml-dialect.ts';

/**
 * The value of a document in the form that manifests are written in here: block mappings and lists two columns deep,
 * scalars of one line, and literal texts. Line by line, it takes a fraction of the time that all of YAML takes.
 * @returns undefined for every other text, valid or not: there the reader of all of YAML decides
 */
export function plainYaml(text: string): object | undefined {
  if (!SAFE.test(text)) return undefined;
  const lines: Lines = { all: text.slice(0, -1).split('\n'), at: 0 };
  const value = mapping(lines, 0);
  return lines.at === lines.all.length ? value : undefined;
}

interface Lines {
  readonly all: readonly string[];
  /** The line that is read next. */
  at: number;
}

/** No tab, no carriage return, nothing that ends a line elsewhere or that is half a character. */
const SAFE = /^[\n\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\u206f\u2190-\ud7ff]+\n$/;
/** The column of what is nested 50 levels deep: deeper than any manifest, and far from the end of the stack. */
const LAST_COLUMN = 100;

const KEY = /^(?:([A-Za-z_][\w./-]{0,250})|"([^"\\]{1,250})"):(?: (.+))?$/;

/** @param first What stands in the first line of a mapping that begins behind the dash of a list. */
function mapping(lines: Lines, column: number, first = lineAt(lines, column)): object | undefined {
  const found: Record<string, unknown> = {};
  for (let line: string | undefined = first; line !== undefined; line = lineAt(lines, column)) {
    const [, plain, quoted, rest] = KEY.exec(line) ?? [];
    const key = keyOf(plain, quoted);
    if (key === undefined || Object.hasOwn(found, key)) return undefined;
    lines.at += 1;
    const value = rest === undefined ? nested(lines, column + 2) : scalar(lines, column, rest);
    if (value === undefined) return undefined;
    found[key] = value;
  }
  return found;
}

function keyOf(plain: string | undefined, quoted: string | undefined): string | undefined {
  const key = plain === undefined ? quoted : plainScalar(plain);
  return typeof key === 'string' && key !== '__proto__' ? key : undefined;
}

function list(lines: Lines, column: number): readonly unknown[] | undefined {
  const found: unknown[] = [];
  for (let line = lineAt(lines, column); line !== undefined; line = lineAt(lines, column)) {
    const item = line.startsWith('- ') ? line.slice(2) : '';
    const value = KEY.test(item) ? mapping(lines, column + 2, item) : itemOf(lines, column, item);
    if (value === undefined) return undefined;
    found.push(value);
  }
  return found;
}

function itemOf(lines: Lines, column: number, item: string): unknown {
  lines.at += 1;
  return scalar(lines, column, item);
}

/** What stands below a key. */
function nested(lines: Lines, column: number): object | undefined {
  const line = column > LAST_COLUMN ? undefined : lineAt(lines, column);
  if (line === undefined) return undefined;
  return line.startsWith('- ') ? list(lines, column) : mapping(lines, column);
}

/** The next line without its indentation; undefined where it is indented otherwise: then the block has ended. */
function lineAt({ all, at }: Lines, column: number): string | undefined {
  const line = all[at];
  return line !== undefined && indentOf(line) === column ? line.slice(column) : undefined;
}

function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === SPACE) indent += 1;
  return indent;
}

const SPACE = 0x20;

/** What can begin a scalar without quotes, and nothing else. */
const BEGINS = /^(?:[\w/.(^=$+;\\]|-[^ ])/;
/** What ends such a scalar, or is a comment behind it. */
const ENDS = /: |:$| #| $/;
const SINGLE_QUOTED = /^'(?:[^']|'')*'$/;
const DOUBLE_QUOTED = /^"(?:[^"\\]|\\["\\nt])*"$/;

/** @param column Where its key or its dash stands. */
function scalar(lines: Lines, column: number, text: string): unknown {
  if (text === '|') return literal(lines, column + 2, '\n');
  if (text === '|-') return literal(lines, column + 2, '');
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (DOUBLE_QUOTED.test(text)) return JSON.parse(text);
  if (SINGLE_QUOTED.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  return BEGINS.test(text) && !ENDS.test(text) ? plainScalar(text) : undefined;
}

/** Lines as they are. Readers differ in what lines of spaces alone mean. */
function literal(lines: Lines, column: number, end: string): string | undefined {
  const start = lines.at;
  while (lines.at < lines.all.length && isOfLiteral(lines.all[lines.at] ?? '', column)) lines.at += 1;
  const own = lines.all.slice(start, lines.at);
  const first = own.find((line) => line !== '');
  if (first === undefined || indentOf(first) !== column || own.some(isOfSpaces)) return undefined;
  const text = own.map((line) => line.slice(column)).join('\n');
  return text.replace(/\n+$/, '') + end;
}

const isOfLiteral = (line: string, column: number): boolean => line === '' || indentOf(line) >= column;
const isOfSpaces = (line: string): boolean => line !== '' && indentOf(line) === line.length;

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
