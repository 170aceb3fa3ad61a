/** 2^10 steps and 10^3 steps of Kubernetes' suffixes. */
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

/** Everything is counted in units of 10^-DIGITS, exactly: floats would call 0.1 + 0.2 a change. */
const DIGITS = 64;

/** Characters; Kubernetes caps what exceeds 2^63 - 1, which has 19 digits. */
const LONGEST = 100;

/** What the quantity '1' is in the units of `amountOf`. */
export const ONE = 10n ** BigInt(DIGITS);

/**
 * Compares two resource quantities ('500m', '0.5', 1).
 * @returns negative, 0 or positive; undefined when one of them is no quantity
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function compareQuantities(left: unknown, right: unknown): number | undefined {
  const [one, other] = [amountOf(left), amountOf(right)];
  if (one === undefined || other === undefined) return undefined;
  return one === other ? 0 : one < other ? -1 : 1;
}

/** A quantity in units of 1/ONE, exactly; undefined for what is none. */
export function amountOf(quantity: unknown): bigint | undefined {
  if (!['string', 'number', 'bigint'].includes(typeof quantity)) return undefined;
  const text = String(quantity);
  const parts = text.length > LONGEST ? null : FORM.exec(text);
  if (parts === null) return undefined;
  const [, sign, number = '', suffix = '', exponent] = parts;
  const [whole = '', fraction = ''] = number.split('.');
  const binary = BINARY.indexOf(suffix);
  const tens = (exponent === undefined ? (DECIMAL[suffix] ?? 0) : Number(exponent)) - fraction.length;
  if (Math.abs(tens) > DIGITS) return undefined;
  const digits = BigInt(`${whole}${fraction}`) * 1024n ** BigInt(Math.max(0, binary));
  return (sign === '-' ? -digits : digits) * 10n ** BigInt(DIGITS + tens);
}

/**
 * A quantity as a number of whole units: '1Gi' -> 1073741824.
 * @throws {RangeError} for what is no quantity
 */
export function wholeAmountOf(quantity: unknown): number {
  const amount = amountOf(quantity);
  if (amount === undefined) throw new RangeError(`'${String(quantity)}' is no quantity such as 1Gi`);
  return Number(amount / ONE);
}
