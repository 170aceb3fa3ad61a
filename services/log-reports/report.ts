import {
  type LogLine,
  type LogReport,
  parseLogLine,
  parseRawHeader,
  REPORT_SCHEMA,
  type ReportEvent,
  type ReportGroup,
} from '../../packages/contracts/log-report.ts';
import { fingerprintOf, patternOf } from './fingerprint.ts';

/** What a report holds at most: its size and the memory that makes it are bounded whatever a window holds. */
export const MOST = { groups: 1000, podsOfGroup: 50, events: 500, sample: 2000 } as const;

/** Messages whose pattern is remembered: an error that repeats itself word by word is masked once. */
const REMEMBERED = 4096;

interface Seen {
  count: number;
  firstSeen: string;
  lastSeen: string;
  sample: string;
}

interface Group extends Seen {
  readonly pattern: string;
  readonly pods: Map<string, { readonly pod: string; readonly container: string; count: number }>;
  otherPodLines: number;
}

interface Event extends Seen {
  readonly pod: string;
  readonly reason: string;
  readonly type: string;
}

/** Groups lines one by one. The order of the lines changes nothing while a report's bounds are kept. */
export class ReportBuilder {
  readonly #groups = new Map<string, Group>();
  readonly #events = new Map<string, Event>();
  readonly #patterns = new Map<string, string>();
  #lines = 0;
  #ungrouped = 0;
  #unreadable = 0;

  /** @param text A line of a raw object, as it is there */
  addText(text: string): void {
    let line: LogLine;
    try {
      line = parseLogLine(text);
    } catch {
      this.#unreadable += 1;
      return;
    }
    this.add(line);
  }

  /** Takes a line or an event into account. */
  add(line: LogLine): void {
    if (line.kind === 'event') this.#addEvent(line);
    else this.#addLine(line);
  }

  #addLine(line: LogLine): void {
    this.#lines += 1;
    const pattern = this.#patternOf(line.message);
    const group = this.#groups.get(pattern) ?? this.#newGroup(pattern, line);
    if (group === undefined) {
      this.#ungrouped += 1;
      return;
    }
    see(group, line);
    const key = `${line.pod}/${line.container}`;
    const pod = group.pods.get(key);
    if (pod !== undefined) pod.count += 1;
    else if (group.pods.size < MOST.podsOfGroup)
      group.pods.set(key, { pod: line.pod, container: line.container, count: 1 });
    else group.otherPodLines += 1;
  }

  #newGroup(pattern: string, line: LogLine): Group | undefined {
    if (this.#groups.size >= MOST.groups) return undefined;
    const group: Group = { pattern, pods: new Map(), otherPodLines: 0, ...unseen(line) };
    this.#groups.set(pattern, group);
    return group;
  }

  #addEvent(line: LogLine): void {
    const { reason = '', type = '' } = line.fields ?? {};
    const key = JSON.stringify([line.pod, reason, type, this.#patternOf(line.message)]);
    const known = this.#events.get(key);
    if (known === undefined && this.#events.size >= MOST.events) return;
    const event = known ?? { pod: line.pod, reason, type, ...unseen(line) };
    this.#events.set(key, event);
    see(event, line);
  }

  #patternOf(message: string): string {
    const known = this.#patterns.get(message);
    if (known !== undefined) return known;
    const pattern = patternOf(message);
    if (message.length > MOST.sample) return pattern;
    if (this.#patterns.size >= REMEMBERED) this.#patterns.clear();
    this.#patterns.set(message, pattern);
    return pattern;
  }

  /** What was added, in an order that does not depend on that of the lines. */
  report(window: Pick<LogReport, 'namespace' | 'start' | 'end'>): LogReport {
    const groups = [...this.#groups.values()]
      .map(shownGroup)
      .sort(mostFirst(({ fingerprint }) => fingerprint));
    const erring = new Set(groups.flatMap(({ pods }) => pods.map(({ pod }) => pod)));
    const events = [...this.#events.values()].map(shownEvent).sort(mostFirst(keyOfEvent));
    const { namespace, start, end } = window;
    return {
      ...{ schema: REPORT_SCHEMA, namespace, start, end },
      ...{ lines: this.#lines, groups, ungrouped: this.#ungrouped, unreadable: this.#unreadable },
      events: [
        ...events.filter(({ pod }) => erring.has(pod)),
        ...events.filter(({ pod }) => !erring.has(pod)),
      ],
    };
  }
}

const unseen = ({ time, message }: LogLine): Seen => ({
  ...{ count: 0, firstSeen: time, lastSeen: time },
  sample: message.slice(0, MOST.sample),
});

function see(seen: Seen, { time, message }: LogLine): void {
  seen.count += 1;
  const sample = message.slice(0, MOST.sample);
  const order = compareInstants(time, seen.firstSeen);
  // Of two messages of one instant the first by its text, so that the order of the lines is of no matter.
  if (order < 0 || (order === 0 && sample < seen.sample)) {
    seen.firstSeen = time;
    seen.sample = sample;
  }
  if (compareInstants(time, seen.lastSeen) > 0) seen.lastSeen = time;
}

/** RFC 3339 in UTC with any number of decimals: '...:00Z' is before '...:00.5Z', which texts would not say. */
function compareInstants(left: string, right: string): number {
  const [a, b] = [left.slice(0, -1), right.slice(0, -1)];
  return a === b ? 0 : a < b ? -1 : 1;
}

const shownGroup = ({ pattern, pods, ...group }: Group): ReportGroup => ({
  ...{ fingerprint: fingerprintOf(pattern), pattern, count: group.count },
  ...{ firstSeen: group.firstSeen, lastSeen: group.lastSeen, sample: group.sample },
  pods: [...pods.values()].sort(mostFirst(({ pod, container }) => `${pod}/${container}`)),
  otherPodLines: group.otherPodLines,
});

const shownEvent = ({ pod, reason, type, sample, count, firstSeen, lastSeen }: Event): ReportEvent => ({
  ...{ pod, reason, type, message: sample, count, firstSeen, lastSeen },
});

const keyOfEvent = ({ pod, reason, message }: ReportEvent): string => `${pod} ${reason} ${message}`;

const mostFirst =
  <T extends { readonly count: number }>(keyOf: (value: T) => string) =>
  (left: T, right: T): number =>
    right.count - left.count || (keyOf(left) < keyOf(right) ? -1 : 1);

/**
 * Raw lines -> report: the whole preprocessor. It keeps no line, so that a window may be longer than memory.
 * @param lines Of a raw object, the header first
 * @throws {LogDocumentError} where the first line is no header
 */
export async function reportOf(lines: AsyncIterable<string> | Iterable<string>): Promise<LogReport> {
  const builder = new ReportBuilder();
  let header: ReturnType<typeof parseRawHeader> | undefined;
  for await (const line of lines) {
    if (header === undefined) header = parseRawHeader(line);
    else builder.addText(line);
  }
  return builder.report(header ?? parseRawHeader(''));
}
