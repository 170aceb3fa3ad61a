import { parseInstant } from '../../../packages/contracts/instant.ts';
import type { LogReport } from '../../../packages/contracts/log-report.ts';

const MOST_GROUPS = 30;
const MOST_PATTERN = 400;

/** A report in short: what went wrong in a window of a namespace. */
export interface ReportSummary {
  readonly namespace: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Error lines of the window. */
  readonly lines: number;
  readonly groups: readonly {
    readonly fingerprint: string;
    readonly pattern: string;
    readonly count: number;
    /** Epoch milliseconds; absent where the report says none that can be read. */
    readonly lastSeen: number | undefined;
  }[];
}

/** One error of a namespace over the last day. */
export interface ErrorTrend {
  readonly namespace: string;
  readonly fingerprint: string;
  readonly pattern: string;
  /** Lines of the last 24 hours. */
  readonly count: number;
  /** Lines of the 24 hours before. */
  readonly before: number;
  /** Lines of each of the last 24 hours, the oldest first. */
  readonly hours: readonly number[];
  /** Epoch milliseconds; absent where the newest report says none that can be read. */
  readonly lastSeen: number | undefined;
  /** The start of the window that saw it last: its report has a sample and the pods. */
  readonly window: number;
  /** It was not there in the 24 hours before. */
  readonly isNew: boolean;
}

/** What the board keeps of a report: its largest groups, their texts shortened. @param start of its window, as its key says, epoch milliseconds */
export function summaryOf({ namespace, lines, groups }: LogReport, start: number): ReportSummary {
  return {
    ...{ namespace, lines, start },
    groups: groups.slice(0, MOST_GROUPS).map(({ fingerprint, pattern, count, lastSeen }) => ({
      ...{ fingerprint, count, pattern: pattern.slice(0, MOST_PATTERN) },
      lastSeen: parseInstant(lastSeen),
    })),
  };
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

interface Seen {
  readonly report: ReportSummary;
  readonly group: ReportSummary['groups'][number];
}

/** Every error of the last 24 hours: the new ones first, then the most frequent. */
export function errorTrends(reports: readonly ReportSummary[], now: number): readonly ErrorTrend[] {
  const seen = reports.flatMap((report) => report.groups.map((group): Seen => ({ report, group })));
  const byError = Map.groupBy(seen, ({ report, group }) => `${report.namespace} ${group.fingerprint}`);
  return [...byError.values()]
    .map((all) => trendOf(all, now))
    .filter((trend) => trend !== undefined)
    .sort((a, b) => Number(b.isNew) - Number(a.isNew) || b.count - a.count);
}

function trendOf(all: readonly Seen[], now: number): ErrorTrend | undefined {
  const hours = Array.from({ length: DAY_HOURS }, () => 0);
  let before = 0;
  for (const { report, group } of all) {
    const age = Math.floor((now - report.start) / HOUR_MS);
    if (age < DAY_HOURS)
      hours[DAY_HOURS - 1 - Math.max(0, age)] = (hours[DAY_HOURS - 1 - Math.max(0, age)] ?? 0) + group.count;
    else if (age < 2 * DAY_HOURS) before += group.count;
  }
  const count = hours.reduce((sum, each) => sum + each, 0);
  const latest = all.reduce((a, b) => (b.report.start > a.report.start ? b : a));
  if (count === 0) return undefined;
  const { fingerprint, pattern, lastSeen } = latest.group;
  const { namespace, start: window } = latest.report;
  return {
    ...{ namespace, fingerprint, pattern, count, before, hours, lastSeen, window },
    isNew: before === 0,
  };
}
