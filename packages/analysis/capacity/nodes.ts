import { type Fields, isFields, valueAt } from '../../manifests/objects.ts';
import { amountOf, ONE } from '../../manifests/quantities.ts';
import { listAt } from '../../manifests/references.ts';
import type { PodGroup } from './demand.ts';

/** The pool of pods that may run on every node. */
export const ANY_POOL = 'any';

/**
 * The nodes that pods may run on, in words: what a node must have (`nodeSelector`, required affinity) and which
 * taints do not keep the pods off.
 */
export function poolOf(spec: Fields): string {
  const selector = isFields(spec.nodeSelector) ? spec.nodeSelector : {};
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const wants = [...labels.sort(), ...affinityOf(spec)].join(', ');
  const tolerated = listAt(spec, ['tolerations']).map(taintOf).sort().join(', ');
  const place = wants === '' ? ANY_POOL : wants;
  return tolerated === '' ? place : `${place} (tolerates ${tolerated})`;
}

/** Terms are alternatives, and what is in one must all hold. */
function affinityOf(spec: Fields): string[] {
  const required = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
  const terms = listAt(spec, [...required, 'nodeSelectorTerms']).map((term) =>
    [...listAt(term, ['matchExpressions']), ...listAt(term, ['matchFields'])].map(expressionOf).join(' and '),
  );
  return terms.length === 0 ? [] : [terms.join(' or ')];
}

function expressionOf(expression: unknown): string {
  const [key, operator] = ['key', 'operator'].map((field) => String(valueAt(expression, [field])));
  const values = listAt(expression, ['values']).map(String);
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  return values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(', ')})`;
}

function taintOf(toleration: unknown): string {
  const [key, value, effect] = ['key', 'value', 'effect'].map((field) => valueAt(toleration, [field]));
  const taint = key === undefined ? 'every taint' : value === undefined ? String(key) : `${key}=${value}`;
  return effect === undefined ? taint : `${taint}:${effect}`;
}

/** CPU in cores and memory in bytes, each in units of 1/ONE: sums are exact. */
export interface Amounts {
  readonly cpu: bigint;
  readonly memory: bigint;
}

/** The resources that are added up. */
export const resourceNames = ['cpu', 'memory'] as const;
export type ResourceName = (typeof resourceNames)[number];

/** No CPU and no memory. */
export const NOTHING: Amounts = { cpu: 0n, memory: 0n };

/** Adds amounts. */
export const plus = (left: Amounts, right: Amounts): Amounts => ({
  cpu: left.cpu + right.cpu,
  memory: left.memory + right.memory,
});

/** Subtracts amounts; may be below zero. */
const minus = (left: Amounts, right: Amounts): Amounts => ({
  cpu: left.cpu - right.cpu,
  memory: left.memory - right.memory,
});

/** An amount so many times. */
export const times = ({ cpu, memory }: Amounts, count: number): Amounts => ({
  cpu: cpu * BigInt(count),
  memory: memory * BigInt(count),
});

/** Adds all amounts up. */
export const sumOf = (amounts: readonly Amounts[]): Amounts => amounts.reduce(plus, NOTHING);

/** A quantity's amount, undefined where there is none. */
export const amountAt = (quantity: unknown): bigint | undefined =>
  quantity === undefined ? undefined : amountOf(quantity);

/** The shortest exact spelling as a quantity: '500m', '2.5', '128Mi', '3.125Gi'. */
export const quantityOf = (resource: ResourceName, amount: bigint): string =>
  resource === 'cpu' ? cpu(amount) : memory(amount);

const cpu = (amount: bigint): string =>
  amount !== 0n && amount < ONE && (amount * 1000n) % ONE === 0n
    ? `${(amount * 1000n) / ONE}m`
    : decimal(amount);

const STEPS = [
  ['Ti', 1024n ** 4n],
  ['Gi', 1024n ** 3n],
  ['Mi', 1024n ** 2n],
  ['Ki', 1024n],
] as const;

/** The largest unit in which it has four decimals at most. */
function memory(amount: bigint): string {
  const step = STEPS.find(([, size]) => amount >= size * ONE && (amount * 10_000n) % (size * ONE) === 0n);
  return step === undefined ? decimal(amount) : `${decimal(amount / step[1])}${step[0]}`;
}

function decimal(amount: bigint): string {
  const digits = ONE.toString().length - 1;
  const fraction = (amount % ONE).toString().padStart(digits, '0').replace(/0+$/, '');
  return fraction === '' ? `${amount / ONE}` : `${amount / ONE}.${fraction}`;
}

/** The kubelet's own limit. */
const DEFAULT_PODS = '110';

const KEYS = ['cpu', 'memory', 'pods'];

/**
 * Reads `cpu=4,memory=16Gi[,pods=110]`.
 * @returns the size, or every rule that the text breaks, each to be read after the text
 */
export function parseNodeSize(text: string): NodeSize | { readonly faults: readonly string[] } {
  const pairs = new Map(text.split(',').map(pairOf));
  const faults = [...pairs.keys()]
    .filter((key) => !KEYS.includes(key))
    .map((key) => `knows no '${key}': it has ${KEYS.join(', ')}`);
  const quantity = (key: string, example: string): bigint => {
    const amount = amountOf(pairs.get(key)) ?? 0n;
    if (amount <= 0n) faults.push(`must have a ${key} above 0, such as ${example}`);
    return amount;
  };
  const written = pairs.get('pods') ?? DEFAULT_PODS;
  const pods = /^\d+$/.test(written) ? Number(written) : Number.NaN;
  if (!Number.isSafeInteger(pods) || pods < 1) faults.push('must have pods as a whole number >= 1');
  const size = { cpu: quantity('cpu', 'cpu=3920m'), memory: quantity('memory', 'memory=16Gi'), pods };
  return faults.length > 0 ? { faults } : size;
}

function pairOf(part: string): [string, string] {
  const [key = '', ...value] = part.split('=');
  return [key.trim(), value.join('=').trim()];
}

/** What pods may ask of one node: what the kubelet calls allocatable. */
export interface NodeSize extends Amounts {
  readonly pods: number;
}

/** A node and who is on it, in the order they came. */
export class Node {
  readonly #size: NodeSize;
  #free: NodeSize;
  #pods: PodGroup[] = [];

  constructor(size: NodeSize) {
    this.#size = size;
    this.#free = size;
  }

  fits = (pod: PodGroup): boolean => fitsIn(this.#free, pod);

  put(pod: PodGroup): void {
    this.#free = without(this.#free, pod);
    this.#pods.push(pod);
  }

  /** From 0 to 1: the scheduler's LeastAllocated score after a pod has come. */
  roomAfter(pod: PodGroup): number {
    const free = without(this.#free, pod);
    return (share(free.cpu, this.#size.cpu) + share(free.memory, this.#size.memory)) / 2;
  }

  /**
   * The pods that the scheduler would preempt for a pod: all of lower priority, except those that still fit, the most
   * important and the longest running first. Undefined where that is not enough.
   */
  victimsFor(pod: PodGroup): PodGroup[] | undefined {
    const lower = this.#pods.filter(({ priority }) => priority.value < pod.priority.value);
    let free = lower.reduce(withBack, this.#free);
    if (!fitsIn(free, pod)) return undefined;
    free = without(free, pod);
    const victims: PodGroup[] = [];
    for (const one of lower.toSorted((left, right) => right.priority.value - left.priority.value)) {
      if (fitsIn(free, one)) free = without(free, one);
      else victims.push(one);
    }
    return victims;
  }

  remove(victims: readonly PodGroup[]): void {
    for (const victim of victims) {
      // The last that came goes first.
      this.#pods = this.#pods.toSpliced(this.#pods.lastIndexOf(victim), 1);
      this.#free = withBack(this.#free, victim);
    }
  }
}

const fitsIn = (free: NodeSize, { needs }: PodGroup): boolean =>
  free.pods >= 1 && needs.requests.cpu <= free.cpu && needs.requests.memory <= free.memory;

const without = (free: NodeSize, { needs }: PodGroup): NodeSize => ({
  ...minus(free, needs.requests),
  pods: free.pods - 1,
});

const withBack = (free: NodeSize, { needs }: PodGroup): NodeSize => ({
  ...plus(free, needs.requests),
  pods: free.pods + 1,
});

const share = (part: bigint, whole: bigint): number => (whole === 0n ? 0 : Number(part) / Number(whole));
