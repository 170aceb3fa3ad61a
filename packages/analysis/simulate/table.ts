import type { Report } from '@sluice/policy';

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
