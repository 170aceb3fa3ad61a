import { baseOf, latch, type Policy, type Report } from '@sluice/policy';

/** A label and what it shows of a report. */
export type Rows<R> = readonly (readonly [string, (report: R) => string])[];

const seconds = (value: number): string => `${value.toFixed(1)} s`;
/** Seconds of pods as pod hours. */
export const podHours = (value: number): string => `${(value / 3600).toFixed(2)} pod-h`;

/** Outcomes of jobs. */
export const jobRows: Rows<Report> = [
  ['published', ({ published }) => String(published)],
  ['processed', ({ processed }) => String(processed)],
  ['unserved residue', ({ residue }) => String(residue)],
  ['wait p50', ({ waitP50 }) => seconds(waitP50)],
  ['wait p99', ({ waitP99 }) => seconds(waitP99)],
  ['wait max', ({ waitMax }) => seconds(waitMax)],
  ['pod time', ({ podSeconds }) => podHours(podSeconds)],
  ['over the ideal', ({ podSecondsOverIdeal }) => podHours(podSecondsOverIdeal)],
  ['replica changes', ({ replicaChanges }) => String(replicaChanges)],
  ['work killed in flight', ({ restarts }) => String(restarts)],
];

/** Reports side by side, a figure a line. */
export function table<R>(rows: Rows<R>, reports: Readonly<Record<string, R>>): string {
  const names = Object.keys(reports);
  const lines = [
    ['', ...names],
    ...rows.map(([label, show]) => [label, ...Object.values(reports).map(show)]),
  ];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column + 1]?.length ?? 0)));
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  return lines
    .map(([label = '', ...cells]) =>
      [label.padEnd(labelWidth), ...cells.map((cell, column) => cell.padStart(widths[column] ?? 0))].join(
        '   ',
      ),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

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
