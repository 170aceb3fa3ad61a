import { amountOf } from '../../manifests/quantities.ts';
import { type Amounts, minus, plus } from './amounts.ts';
import type { PodGroup } from './demand.ts';

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
