import { brokerKinds } from '../../../charts/broker-flavors.ts';
import type { Environment } from '../../../environments/environment.ts';
import { isFields } from '../../manifests/objects.ts';

/** A field or an index on the way to a value. */
export type Step = string | number;

/** One value of an environment, and environments that differ in it alone. */
export interface Variation {
  readonly steps: readonly Step[];
  /** Undefined: not set. */
  readonly value: unknown;
  readonly environments: readonly Environment[];
}

/** Values that cannot be made up, by the last field: what the types of environments and policies permit. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  broker: brokerKinds,
  stopWhen: ['drained', 'ready-empty'],
  selectPolicy: ['Max', 'Min', 'Disabled'],
};

/**
 * Every value of an environment with what it could be instead: another number or text, what another environment
 * has in its place, an element less.
 */
export const variationsOf = (environment: Environment, others: readonly Environment[]): Variation[] =>
  walk(environment, others).map(({ steps, value, instead }) => ({
    steps,
    value,
    environments: instead.map((one) => replaced(environment, one.steps, one.value) as Environment),
  }));

interface Replacement {
  readonly steps: readonly Step[];
  /** Undefined: left out. */
  readonly value: unknown;
}

interface Cursor {
  readonly steps: readonly Step[];
  readonly value: unknown;
  readonly instead: readonly Replacement[];
}

/** Functions and texts for people decide nothing that is worth a guess. */
const SKIPPED = ['alerts', 'environment', 'local'];

function walk(value: unknown, others: readonly unknown[], steps: readonly Step[] = []): Cursor[] {
  if (typeof value === 'function' || (steps[0] === 'workloads' && SKIPPED.includes(String(steps[2]))))
    return [];
  if (Array.isArray(value)) return walkList(value, others, steps);
  if (!isFields(value)) return [{ steps, value, instead: instead(value, others, steps) }];
  const alike = others.filter(isFields);
  const keys = new Set([...Object.keys(value), ...alike.flatMap((other) => Object.keys(other))]);
  return [...keys].flatMap((key) => {
    const theirs = alike.map((other) => other[key]);
    const spot = [...steps, key];
    if (key === 'kind') return [{ steps: spot, value: value.kind, instead: otherKinds(value, alike, steps) }];
    if (value[key] !== undefined) return walk(value[key], theirs, spot);
    return alike.some((other) => other.kind !== value.kind)
      ? []
      : [{ steps: spot, value: undefined, instead: given(theirs, spot) }];
  });
}

/** A kind decides what stands beside it. */
const otherKinds = (
  { kind }: Readonly<Record<string, unknown>>,
  others: readonly Readonly<Record<string, unknown>>[],
  steps: readonly Step[],
): Replacement[] => others.filter((other) => other.kind !== kind).map((value) => ({ steps, value }));

const given = (values: readonly unknown[], steps: readonly Step[]): Replacement[] =>
  values.filter((value) => value !== undefined).map((value) => ({ steps, value }));

/** An element of a list of words is named by the word: it is there or not. */
function walkList(list: readonly unknown[], others: readonly unknown[], steps: readonly Step[]): Cursor[] {
  return list.flatMap((element, index) => {
    if (typeof element !== 'string')
      return walk(
        element,
        others.filter(Array.isArray).map((other) => other[index]),
        [...steps, index],
      );
    const rest = list.toSpliced(index, 1);
    return [{ steps: [...steps, `[${element}]`], value: element, instead: [{ steps, value: rest }] }];
  });
}

function instead(value: unknown, others: readonly unknown[], steps: readonly Step[]): Replacement[] {
  const theirs = others.filter((other) => typeof other === typeof value);
  const choices = CHOICES[String(steps.at(-1))] ?? [];
  return [...new Set([...theirs, ...choices, ...madeUp(value)])]
    .filter((other) => other !== value)
    .map((other) => ({ steps, value: other }));
}

/** Variations of a text: its first or its last number plus one, where it has any: '2Gi', 'v1.35'. */
function madeUp(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, value * 2, Math.max(1, Math.floor(value / 2))];
  if (typeof value !== 'string') return [];
  const higher = (digits: string): string => `${Number(digits) + 1}`;
  return /\d/.test(value)
    ? [value.replace(/\d+/, higher), value.replace(/\d+(?!.*\d)/, higher)]
    : [`${value}x`];
}

function replaced(value: unknown, [step, ...rest]: readonly Step[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, index) => (index === step ? replaced(one, rest, by) : one));
  const fields = isFields(value) ? value : {};
  return { ...fields, [step]: replaced(fields[step], rest, by) };
}
