/** Timers of Node are int32: a longer delay is one of a millisecond. */
export const MAX_TIMER_SECONDS = (2 ** 31 - 1) / 1000;
export const MAX_INT32 = 2 ** 31 - 1;
/** The last instant of a Date, epoch milliseconds. */
export const MAX_INSTANT_MS = 8.64e15;

/** What is wrong with the number of that name; undefined: nothing. */
export type NumberRule = (key: string, value: number) => string | undefined;

/** Every number is finite, every one that is called seconds fits a timer, every replica count an int32. */
export const anyNumber: NumberRule = (key, value) => {
  if (!Number.isFinite(value)) return 'is not finite';
  if (/seconds$/i.test(key) && !(value >= 0 && value <= MAX_TIMER_SECONDS)) return 'is no delay of a timer';
  if (/replicas$/i.test(key) && !(Number.isInteger(value) && value >= 0 && value <= MAX_INT32))
    return 'is no int32';
  return undefined;
};

/** The first number in a structure that breaks the rule. */
export function wrongNumber(root: unknown, rule: NumberRule = anyNumber): string | undefined {
  return firstOf(...numbersIn('', root).map(([key, value]) => described(key, value, rule(key, value))));
}

const described = (key: string, value: number, why: string | undefined): string | undefined =>
  why && `${key} (${value}) ${why}`;

function numbersIn(key: string, value: unknown): [string, number][] {
  if (typeof value === 'number') return [[key, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(name, inner));
}

/** The first that something is wrong with. */
export const firstOf = (...checks: readonly (string | undefined)[]): string | undefined =>
  checks.find((one) => one !== undefined);

/** `unless(holds, 'what is wrong')` */
export const unless = (holds: boolean, wrong: string): string | undefined => (holds ? undefined : wrong);
