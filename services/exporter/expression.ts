import {
  compile,
  isRegistered,
  type JSONValue,
  registerFunction,
  TreeInterpreter,
  TYPE_ANY,
} from '@jmespath-community/jmespath';
import { decimalOf } from '@sluice/runtime';
import { escapeLabel } from './exposition.ts';
import type { LabelSource, Module, Rule } from './mapping.ts';
import { FetchError } from './probe.ts';
import type { Reading } from './series.ts';

export type { JSONValue } from '@jmespath-community/jmespath';

/** A compiled path expression. @see https://jmespath.site */
export type Expression = (value: JSONValue) => JSONValue;

/** An integer beyond 2^53 as it is written: as a number it would lose digits, and two ids would become one. */
export class LargeInteger {
  readonly #digits: string;

  constructor(digits: string) {
    this.#digits = digits;
  }

  toNumber(): number {
    return Number(this.#digits);
  }

  toString(): string {
    return this.#digits;
  }
}

/** The library takes "" and " " for 0 and "0x1F" for 31. */
function toNumber([value]: readonly unknown[]): JSONValue {
  if (value instanceof LargeInteger) return value.toNumber();
  if (typeof value === 'string') return decimalOf(value) ?? null;
  return typeof value === 'number' ? value : null;
}

function toText([value]: readonly unknown[]): JSONValue {
  if (value instanceof LargeInteger) return value.toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ANY = [{ types: [TYPE_ANY] }];
registerFunction('to_number', toNumber, ANY, { override: true });
registerFunction('to_string', toText, ANY, { override: true });

/** @throws Error that says what is wrong with it; also when it calls a function that there is not */
export function compileExpression(text: string): Expression {
  const tree = compile(text);
  const unknown = functionsIn(tree).filter((name) => !isRegistered(name));
  if (unknown.length > 0) throw new Error(`unknown function ${unknown.join(', ')}`);
  return (value) => TreeInterpreter.search(tree, value);
}

/** The library looks a function up when it calls it: too late to say so. */
function functionsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, name } = node as { type?: unknown; name?: unknown };
  const own = type === 'Function' && typeof name === 'string' ? [name] : [];
  return [...own, ...Object.values(node).flatMap(functionsIn)];
}

/** The values that a mapping finds in a document. */
export interface Evaluated {
  /** In the order of the families. */
  readonly readings: readonly Reading[];
  /** Values that are missing, not finite, negative for a counter, or whose labels are not scalars. */
  readonly invalid: number;
}

/** A document, and what the mapping may use beside it. */
export interface Subject {
  readonly module: Module;
  readonly target: string;
  readonly maxSeries: number;
}

/** What a document says, by a module. @throws FetchError series-limit */
export function evaluate(document: JSONValue, { module, target, maxSeries }: Subject): Evaluated {
  const readings: Reading[] = [];
  let invalid = 0;
  for (const rule of module.rules) {
    for (const item of itemsOf(rule, document)) {
      const reading = readingOf(rule, item, target);
      if (reading === undefined) invalid += 1;
      else if (readings.push(reading) > maxSeries)
        throw new FetchError('series-limit', `more than ${maxSeries} series`);
    }
  }
  return { readings, invalid };
}

/** What is no list gives one item that cannot be read: it is counted. */
function itemsOf({ items }: Rule, document: JSONValue): readonly JSONValue[] {
  if (items === undefined) return [document];
  const list = attempt(items, document);
  return Array.isArray(list) ? list : [null];
}

function readingOf(rule: Rule, item: JSONValue, target: string): Reading | undefined {
  const value = numberOf(attempt(rule.path, item));
  const { name, counter } = rule;
  if (value === undefined || (counter && value < 0)) return undefined;
  const labels: string[] = [];
  for (const [label, source] of rule.labels) {
    const text = labelText(source, item, target);
    if (text === undefined) return undefined;
    labels.push(`${label}="${escapeLabel(text)}"`);
  }
  // Joined, it is one piece of memory; concatenated, V8 would keep all the pieces.
  const id = [name, '{', labels.join(','), '}'].join('');
  return { family: rule.family, id, counter, value };
}

/** A number with the precision of Prometheus' own. */
function numberOf(value: unknown): number | undefined {
  const number = value instanceof LargeInteger ? value.toNumber() : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function labelText(source: LabelSource, item: JSONValue, target: string): string | undefined {
  if (source === 'target') return target;
  if ('text' in source) return source.text;
  const value: unknown = attempt(source.path, item);
  if (value instanceof LargeInteger) return value.toString();
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** An expression may fail on a document that is not as expected, such as `sum()` of texts: then it says nothing. */
function attempt(expression: (value: JSONValue) => JSONValue, value: JSONValue): JSONValue {
  try {
    return expression(value);
  } catch {
    return null;
  }
}
