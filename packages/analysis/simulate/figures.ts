import { baseOf, latch, type Policy, type Report } from '@sluice/policy';
import { podHours } from './table.ts';

/** What the source system would do with the same numbers; undefined for policies that are no latch. */
export function literalRule(policy: Policy): Policy | undefined {
  const base = baseOf(policy);
  if (base.kind !== 'latch') return undefined;
  const { startWhen } = base;
  const mark = 'readyAtLeast' in startWhen ? startWhen.readyAtLeast : startWhen.readyAbove;
  return latch({ replicas: base.maxReplicas, startWhen: { readyAbove: mark }, stopWhen: 'ready-empty' });
}

/** One figure of a report. */
export interface Figure {
  readonly label: string;
  readonly of: (report: Report) => number;
  readonly show: (value: number) => string;
}

const count = (value: number): string => String(value);
const seconds = (value: number): string => `${value.toFixed(1)} s`;
/** The cost: what a bill counts is pod hours. */
const replicaTime = (value: number): string => `${Math.round(value)} s (${podHours(value)})`;

/** What the work gets, then what it costs. */
export const figures: readonly Figure[] = [
  { label: 'jobs published', of: ({ published }) => published, show: count },
  { label: 'jobs done', of: ({ processed }) => processed, show: count },
  { label: 'jobs left unserved', of: ({ residue }) => residue, show: count },
  { label: 'wait p50', of: ({ waitP50 }) => waitP50, show: seconds },
  { label: 'wait p95', of: ({ waitP95 }) => waitP95, show: seconds },
  { label: 'wait p99', of: ({ waitP99 }) => waitP99, show: seconds },
  { label: 'wait max', of: ({ waitMax }) => waitMax, show: seconds },
  { label: 'replica-seconds', of: ({ podSeconds }) => podSeconds, show: replicaTime },
  { label: 'of these not working', of: ({ podSecondsOverIdeal }) => podSecondsOverIdeal, show: replicaTime },
  { label: 'replica changes', of: ({ replicaChanges }) => replicaChanges, show: count },
  { label: 'jobs killed in flight', of: ({ restarts }) => restarts, show: count },
];

/** `+12.0 s (+30 %)`; empty where nothing changes. */
export function deltaOf({ of, show }: Figure, base: Report, head: Report): string {
  const [before, after] = [of(base), of(head)];
  if (show(before) === show(after)) return '';
  const difference = after - before;
  const sign = difference > 0 ? '+' : '-';
  const percent = before === 0 ? '' : ` (${sign}${Math.round((100 * Math.abs(difference)) / before)} %)`;
  return `${sign}${show(Math.abs(difference))}${percent}`;
}
