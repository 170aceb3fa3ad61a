import { baseOf } from '../decide/decide.ts';
import type { BasePolicy, Policy } from '../policy.ts';

/** Every number that may be changed, by the word of the policy's constructor; the last two are the workload's own. */
export const WHAT_IF_FIELDS = [
  'replicas',
  'minReplicas',
  'maxReplicas',
  'readyAtLeast',
  'readyAbove',
  'oldestWaitSeconds',
  'perReplica',
  'sloSeconds',
  'targetWaitSeconds',
  'targetUtilization',
  'meanServiceSeconds',
  'podStartSeconds',
  'jobSeconds',
  'startSeconds',
] as const;
export type WhatIfField = (typeof WHAT_IF_FIELDS)[number];

/** Numbers as they are typed; what is absent stays as it is. */
export type WhatIfNumbers = Readonly<Partial<Record<WhatIfField, string>>>;

/** A constraint that a number breaks; `limit` is the bound, `other` the field that sets it. */
export interface WhatIfFault {
  readonly field: WhatIfField;
  readonly rule: 'number' | 'whole' | 'at-least' | 'above' | 'at-most' | 'below';
  readonly limit?: number;
  readonly other?: WhatIfField;
}

/** What a field accepts. */
export interface WhatIfRange {
  readonly whole: boolean;
  readonly min?: number;
  readonly above?: number;
  readonly max: number;
}

/** A simulation holds every replica, and an answer is to take less than a second. */
const MOST_REPLICAS = 500;
const DAY_SECONDS = 86_400;
const COUNT: WhatIfRange = { whole: true, min: 0, max: MOST_REPLICAS };
const MARK: WhatIfRange = { whole: true, min: 1, max: 1_000_000 };
const SECONDS: WhatIfRange = { whole: false, above: 0, max: DAY_SECONDS };

/** Field -> what it accepts. */
export const WHAT_IF_RANGES: Readonly<Record<WhatIfField, WhatIfRange>> = {
  replicas: { ...COUNT, min: 1 },
  minReplicas: COUNT,
  maxReplicas: { ...COUNT, min: 1 },
  readyAtLeast: MARK,
  readyAbove: { ...MARK, min: 0 },
  oldestWaitSeconds: SECONDS,
  perReplica: { ...SECONDS, max: 1_000_000 },
  sloSeconds: SECONDS,
  targetWaitSeconds: SECONDS,
  targetUtilization: { ...SECONDS, max: 1 },
  meanServiceSeconds: SECONDS,
  podStartSeconds: { whole: false, min: 0, max: 3600 },
  jobSeconds: { ...SECONDS, max: 3600 },
  startSeconds: { whole: false, min: 0, max: 3600 },
};

type Own = Exclude<WhatIfField, 'jobSeconds' | 'startSeconds'>;

/** The numbers of a policy that may be changed, in the order of a form. */
export function numbersOf(policy: Policy): Readonly<Partial<Record<Own, number>>> {
  const base = baseOf(policy);
  const { minReplicas, maxReplicas } = base;
  if (base.kind === 'latch') return { replicas: maxReplicas, ...base.startWhen, minReplicas };
  if (base.kind === 'constant') return { replicas: minReplicas, maxReplicas };
  const { kind: _kind, behavior: _behavior, staleAfterSeconds: _stale, ...own } = base;
  const numbers = Object.entries({ ...own, maxReplicas, minReplicas }).filter(
    ([key, value]) => typeof value === 'number' && (WHAT_IF_FIELDS as readonly string[]).includes(key),
  );
  return Object.fromEntries(numbers);
}

/** The fields of a form: the numbers of the policy, and those of the workload. */
export function fieldsOf(policy: Policy): readonly WhatIfField[] {
  const own = Object.keys(numbersOf(policy)) as WhatIfField[];
  const age: readonly WhatIfField[] = baseOf(policy).kind === 'latch' ? ['oldestWaitSeconds'] : [];
  return [...new Set([...own, ...age]), 'jobSeconds', 'startSeconds'];
}

/** The same policy with other numbers. */
export function withNumbers(base: BasePolicy, numbers: Readonly<Partial<Record<Own, number>>>): BasePolicy {
  const { replicas, minReplicas, maxReplicas, ...rest } = numbers;
  const bounds = { ...(minReplicas !== undefined && { minReplicas }) };
  if (base.kind === 'latch') {
    const startWhen = { ...base.startWhen, ...rest };
    return { ...base, ...bounds, startWhen, maxReplicas: replicas ?? base.maxReplicas };
  }
  const most = maxReplicas ?? base.maxReplicas;
  if (base.kind === 'constant')
    return { ...base, minReplicas: replicas ?? base.minReplicas, maxReplicas: most };
  return { ...base, ...bounds, ...rest, maxReplicas: most };
}

/** Every fault of what is typed, in the order of the fields. */
export function whatIfFaults(typed: WhatIfNumbers, policy: Policy): readonly WhatIfFault[] {
  const single = WHAT_IF_FIELDS.flatMap((field) => faultOf(field, typed[field]));
  const broken = new Set(single.map(({ field }) => field));
  const today: Partial<Record<WhatIfField, number>> = numbersOf(policy);
  const value = (field: WhatIfField) =>
    typed[field] === undefined || broken.has(field) ? today[field] : Number(typed[field]);
  return [...single, ...orderFaults(policy, value)];
}

function faultOf(field: WhatIfField, text: string | undefined): WhatIfFault[] {
  if (text === undefined) return [];
  const { whole, min, above, max } = WHAT_IF_RANGES[field];
  const value = /^-?\d{1,15}(\.\d{1,15})?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return [{ field, rule: 'number' }];
  if (whole && !Number.isInteger(value)) return [{ field, rule: 'whole' }];
  if (min !== undefined && value < min) return [{ field, rule: 'at-least', limit: min }];
  if (above !== undefined && value <= above) return [{ field, rule: 'above', limit: above }];
  return value > max ? [{ field, rule: 'at-most', limit: max }] : [];
}

/** Numbers that do not fit each other. */
function orderFaults(policy: Policy, value: (field: WhatIfField) => number | undefined): WhatIfFault[] {
  const base = baseOf(policy);
  const faults: WhatIfFault[] = [];
  const most = base.kind === 'latch' ? 'replicas' : 'maxReplicas';
  const least = base.kind === 'constant' ? 'replicas' : 'minReplicas';
  const [low = 0, high = 0] = [value(least), value(most)];
  if (low > high) faults.push({ field: least, rule: 'at-most', limit: high, other: most });
  const floor = policy.kind === 'schedule' ? Math.max(0, ...policy.windows.map((one) => one.minReplicas)) : 0;
  if (floor > high) faults.push({ field: most, rule: 'at-least', limit: floor });
  const [slo = 0, start = 0] = [value('sloSeconds'), value('podStartSeconds')];
  if (base.kind === 'drain' && base.sloOf !== 'wait' && start >= slo)
    faults.push({ field: 'podStartSeconds', rule: 'below', limit: slo, other: 'sloSeconds' });
  return faults;
}
