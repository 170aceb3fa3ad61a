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
