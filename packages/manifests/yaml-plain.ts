import { plainScalar } from './yaml-dialect.ts';

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
