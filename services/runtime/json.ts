/** A document that is no JSON, or more than is taken. Its message holds nothing of the document. */
export class JsonError extends Error {
  readonly reason: 'not-json' | 'too-large';

  constructor(reason: 'not-json' | 'too-large', message: string) {
    super(message);
    this.name = 'JsonError';
    this.reason = reason;
  }
}

/** What a JSON document may hold at most. */
export interface JsonBounds {
  /** Values, keys included: each costs memory whatever its length. @default MAX_JSON_VALUES */
  readonly maxValues?: number;
  /** @default 100 */
  readonly maxDepth?: number;
  /**
   * What an integer beyond 2^53 becomes, given its digits as they are written; such an integer loses digits
   * otherwise, and two ids become one. @default Number
   */
  readonly largeInteger?: (digits: string) => unknown;
}

/**
 * The worst document of so many values, long integers whose digits are kept, takes 40 MiB and 0.16 s. A bound on the
 * bytes alone lets 4 MiB of `[[],[],...]` become 238 MiB and stop every other work for half a second.
 */
export const MAX_JSON_VALUES = 150_000;
const MAX_DEPTH = 100;

/**
 * JSON.parse within bounds, which hold before anything is built.
 * @throws {JsonError}
 */
export function parseBoundedJson(text: string, bounds: JsonBounds = {}): unknown {
  checkStructure(text, bounds.maxValues ?? MAX_JSON_VALUES, bounds.maxDepth ?? MAX_DEPTH);
  try {
    const { largeInteger } = bounds;
    return largeInteger !== undefined && LONG_NUMBER.test(text)
      ? JSON.parse(text, keepingDigits(largeInteger))
      : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonError('not-json', 'is no JSON');
  }
}

/** Only a document with such a number is parsed by the slower way. */
const LONG_NUMBER = /\d{16}/;

const keepingDigits =
  (convert: (digits: string) => unknown) =>
  (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
    const digits = context?.source ?? '';
    return /^-?\d+$/.test(digits) ? convert(digits) : value;
  };

const QUOTE = 0x22;
/** By code unit: 1 for what begins a further value, within a list or an object or as one. */
const VALUES = new Int8Array(128);
/** By code unit: how much deeper it leads. */
const DEPTH = new Int8Array(128);
for (const mark of ',:[{') VALUES[mark.charCodeAt(0)] = 1;
for (const mark of '[{') DEPTH[mark.charCodeAt(0)] = 1;
for (const mark of ']}') DEPTH[mark.charCodeAt(0)] = -1;

const entryOf = (table: Int8Array, unit: number): number => table[unit] ?? 0;

/** Counts what begins values and where values lie within values, strings left out. What is no JSON may pass. */
function checkStructure(text: string, maxValues: number, maxDepth: number): void {
  let values = 1;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) index = endOfString(text, index);
    values += entryOf(VALUES, unit);
    depth += entryOf(DEPTH, unit);
    if (values > maxValues) throw new JsonError('too-large', `has more than ${maxValues} values`);
    if (depth > maxDepth) throw new JsonError('too-large', `is nested deeper than ${maxDepth}`);
  }
}

/** @returns the index of the closing quote, or of the text's end */
function endOfString(text: string, opening: number): number {
  for (let from = opening + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    from = quote + 1;
  }
}
