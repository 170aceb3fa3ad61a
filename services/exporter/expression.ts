import {
  compile,
  isRegistered,
  type JSONValue,
  registerFunction,
  TreeInterpreter,
  TYPE_ANY,
} from '@jmespath-community/jmespath';
import { decimalOf } from '@sluice/runtime';

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
