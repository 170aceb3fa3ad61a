const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** No number that means something is written longer. */
const LONGEST = 400;

/**
 * The number that a text holds in decimal notation, and nothing else: the language's own conversion takes "" and
 * " " for 0 and "0x1F" for 31.
 * @returns undefined for any other text, and for what is too large for a number
 */
export function decimalOf(text: string): number | undefined {
  if (text.length > LONGEST || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
