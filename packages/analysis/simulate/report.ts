import type { Report } from '@sluice/policy';
import { markdownOf, type Section } from '../report/markup.ts';
import type { Comparison } from './comparison.ts';
import { deltaOf, figures } from './figures.ts';

/** What the policies of two revisions would have done, a workload after the other. */
export interface Comparisons {
  readonly base: string;
  readonly all: readonly Comparison[];
  /** Why the policies of the base cannot be read: this checkout may have changed what a policy is. */
  readonly unread: readonly string[];
  /** Why recorded arrivals are not replayed. */
  readonly notes: readonly string[];
}

/** The heading of a comparison. */
export const titleOf = ({ base, all }: Comparisons): string =>
  all.some(isChanged)
    ? `Scaling: what the changed policy would have done, since ${base}`
    : `Scaling: no policy changes since ${base}`;

/** Whether a policy differs, or only one side has it. */
export const isChanged = ({ base, head, changes }: Comparison): boolean =>
  changes.length > 0 || base === undefined || head === undefined;

/** Folded where nothing changes: a pull request that leaves the policies alone need not talk of them. */
export function markdownReport(comparisons: Comparisons): string {
  const { all } = comparisons;
  const [title = '', ...rest] = markdownOf(titleOf(comparisons), sectionsOf(comparisons)).split('\n');
  if (all.some(isChanged)) return [title, ...rest].join('\n');
  const summary = '<details><summary>What they do</summary>';
  return `${[title, '', summary, ...rest].join('\n')}\n</details>\n`;
}

/** What changes comes first. */
export function sectionsOf({ base, all, unread, notes }: Comparisons): Section[] {
  const order = all.toSorted((left, right) => Number(isChanged(right)) - Number(isChanged(left)));
  const sections = [
    ...(notes.length === 0 ? [] : [{ title: 'Recorded arrivals', head: [], rows: [], notes }]),
    ...order.map((comparison) => sectionOf(comparison, unread.length > 0)),
  ];
  if (unread.length === 0) return sections;
  return [
    { title: `The policies of ${base} cannot be read`, head: [], rows: [], notes: unread },
    ...sections,
  ];
}

function sectionOf(comparison: Comparison, alone: boolean): Section {
  const { workload, environments, load } = comparison;
  const [head, rows] = columns(comparison);
  return {
    title: `Workload ${workload} in ${environments.join(', ')}, under ${load}`,
    head,
    rows,
    right: head.map((_, index) => index).slice(1),
    notes: alone ? [] : notesOf(comparison),
  };
}

function columns(comparison: Comparison): [string[], string[][]] {
  const { base, head } = comparison;
  if (base === undefined || head === undefined || !isChanged(comparison)) {
    const name = base === undefined ? 'head' : head === undefined ? 'base' : 'base and head';
    const report = (head ?? base)?.report;
    return [['figure', name], report === undefined ? [] : figuresOf(report)];
  }
  const rows = figures.map((figure) => [
    figure.label,
    figure.show(figure.of(base.report)),
    figure.show(figure.of(head.report)),
    deltaOf(figure, base.report, head.report),
  ]);
  return [['figure', 'base', 'head', 'change'], rows];
}

const figuresOf = (report: Report): string[][] =>
  figures.map(({ label, of, show }) => [label, show(of(report))]);

function notesOf({ base, head, changes }: Comparison): string[] {
  if (base === undefined) return ['There was no such workload before.'];
  if (head === undefined) return ['There is no such workload any more.'];
  if (changes.length === 0) return ['Its policy does not change.'];
  return [`The policy changes: ${changes.join('; ')}.`, ...warnings(base.report, head.report)];
}

/** What a reviewer must see before a merge. */
function warnings(before: Report, after: Report): string[] {
  const worse = (of: (report: Report) => number): boolean => of(after) > of(before);
  return [
    ...(worse(({ residue }) => residue)
      ? [`${after.residue} jobs are left unserved at the end, ${before.residue} before.`]
      : []),
    ...(worse(({ restarts }) => restarts)
      ? [
          `${after.restarts} jobs are killed in flight at scale-in and start again, ${before.restarts} before.`,
        ]
      : []),
  ];
}

/** For programs; a side that has no such workload is null. */
export const jsonOf = ({ base, all, unread, notes }: Comparisons): string =>
  `${JSON.stringify(
    {
      base,
      unread,
      notes,
      comparisons: all.map(({ base: before, head, ...rest }) => ({
        ...rest,
        base: before ?? null,
        head: head ?? null,
      })),
    },
    null,
    2,
  )}\n`;
