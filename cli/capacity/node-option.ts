import type { OptionReader } from '../arguments.ts';
import { amountOf } from '../diff/quantities.ts';
import type { NodeSize } from './nodes.ts';

/** The kubelet's own limit. */
const DEFAULT_PODS = '110';

const KEYS = ['cpu', 'memory', 'pods'];

/** `cpu=4,memory=16Gi[,pods=110]`; every fault goes to the reader. */
export function parseNode(reader: OptionReader, text: string): NodeSize {
  const fault = (rule: string): void => reader.fault(`'--node' (${text}) ${rule}`);
  const pairs = new Map(text.split(',').map(pairOf));
  for (const key of pairs.keys())
    if (!KEYS.includes(key)) fault(`knows no '${key}': it has ${KEYS.join(', ')}`);
  const quantity = (key: string, example: string): bigint => {
    const amount = amountOf(pairs.get(key)) ?? 0n;
    if (amount <= 0n) fault(`must have a ${key} above 0, such as ${example}`);
    return amount;
  };
  const pods = Number(pairs.get('pods') ?? DEFAULT_PODS);
  if (!Number.isSafeInteger(pods) || pods < 1) fault('must have pods as a whole number >= 1');
  return { cpu: quantity('cpu', 'cpu=3920m'), memory: quantity('memory', 'memory=16Gi'), pods };
}

function pairOf(part: string): [string, string] {
  const [key = '', ...value] = part.split('=');
  return [key.trim(), value.join('=').trim()];
}
