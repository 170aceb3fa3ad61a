import { amountOf, ONE } from '../../manifests/quantities.ts';

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
export const minus = (left: Amounts, right: Amounts): Amounts => ({
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
