import { amountOf } from '../../manifests/quantities.ts';
import type { NodeSize } from './nodes.ts';

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
