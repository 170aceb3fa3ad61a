import { doneKey, type Span } from '../../packages/contracts/log-report.ts';

/** How windows follow each other, and when one is taken. */
export interface WindowRule {
  /** Length of a window, milliseconds: windows begin at its multiples since 1970. */
  readonly windowMs: number;
  /** A window is taken this long after its end, milliseconds: what reaches the store later than that is missed. */
  readonly lateMs: number;
  /** How many closed windows a run looks back at: what is missing of them is caught up, older ones are given up. */
  readonly catchUp: number;
}

/** The last `catchUp` windows that are closed at `now` (epoch milliseconds), oldest first. */
export function closedWindows(now: number, { windowMs, lateMs, catchUp }: WindowRule): readonly Span[] {
  const closed = Math.floor((now - lateMs) / windowMs);
  const first = Math.max(0, closed - catchUp);
  return Array.from({ length: closed - first }, (_, index) => {
    const start = (first + index) * windowMs;
    return { start, end: start + windowMs };
  });
}

/** Those of the closed windows that no run has completed. @param done Keys of the marks of complete windows */
export const dueWindows = (
  now: number,
  rule: WindowRule,
  family: 'raw' | 'archive',
  done: ReadonlySet<string>,
): readonly Span[] => closedWindows(now, rule).filter(({ start }) => !done.has(doneKey(family, start)));

/** The prefixes below which the marks of these windows stand, one a UTC day: `done/raw/2026/11/29/`. */
export const donePrefixes = (family: 'raw' | 'archive', windows: readonly Span[]): readonly string[] => [
  ...new Set(windows.map(({ start }) => doneKey(family, start).replace(/[^/]*$/, ''))),
];

/** The windows that hold a part of a span, oldest first. */
export function windowsOf({ start, end }: Span, { windowMs }: Pick<WindowRule, 'windowMs'>): readonly Span[] {
  const first = Math.floor(start / windowMs);
  const last = Math.ceil(end / windowMs);
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => {
    const from = (first + index) * windowMs;
    return { start: from, end: from + windowMs };
  });
}
