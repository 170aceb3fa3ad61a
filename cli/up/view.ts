import { type DecisionRecord, type Ledger, percentile } from './ledger.ts';
import type { Gauges } from './metrics-targets.ts';

/** Where frames go: redrawn in place on a terminal. */
export interface Screen {
  /** Lines only: no frame is ever drawn. */
  readonly plain: boolean;
  readonly width: number;
  draw(lines: readonly string[]): void;
  /** A line that stays. */
  print(line: string): void;
  /** The last frame stays too; what follows is printed below it. */
  keep(): void;
  close(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';

/** The part of a terminal that is written to. */
export interface TerminalLike {
  readonly columns: number;
  write(text: string): boolean;
}

/** A screen that is drawn anew in place, on a terminal. */
export function terminalScreen(out: TerminalLike): Screen {
  let drawn = 0;
  const erase = () => (drawn > 0 ? `\u001b[${drawn}A\r${CLEAR_BELOW}` : '');
  return {
    plain: false,
    get width() {
      return out.columns;
    },
    draw(lines) {
      out.write(`${HIDE_CURSOR}${erase()}${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    print(line) {
      out.write(`${erase()}${line}\n`);
      drawn = 0;
    },
    keep() {
      drawn = 0;
    },
    close() {
      out.write(SHOW_CURSOR);
    },
  };
}

/** A screen that only adds lines, for files and pipes. */
export function plainScreen(out: Pick<TerminalLike, 'write'>): Screen {
  return {
    plain: true,
    width: 200,
    draw() {},
    print(line) {
      out.write(`${line}\n`);
    },
    keep() {},
    close() {},
  };
}

/** Everything one frame shows. */
export interface Frame {
  readonly title: string;
  readonly elapsedSeconds: number;
  readonly gauges: Gauges | undefined;
  /** Ready + unacked of the past samples, oldest first. */
  readonly backlogs: readonly number[];
  readonly maxReplicas: number;
  readonly ledger: Ledger;
  readonly now: number;
}

const BARS = '▁▂▃▄▅▆▇█';
const SPARK_WIDTH = 60;
const THROUGHPUT_WINDOW_MS = 5000;

/** The live view as lines of at most `width` columns. Pure: the same frame gives the same lines. */
export function renderFrame(frame: Frame, width: number): string[] {
  const { gauges, ledger } = frame;
  const header = `${frame.title}   ${clock(frame.elapsedSeconds)}`;
  const backlog = gauges
    ? `ready ${pad(gauges.ready)}   in flight ${pad(gauges.unacked)}   oldest wait ${oldestWait(gauges)}`
    : 'no reading yet';
  return [
    header,
    '',
    `  backlog   ${backlog}`,
    `            ${sparkline(frame.backlogs)}`,
    `  replicas  ${pad(gauges?.replicas ?? 0)} of ${frame.maxReplicas}   ${'█'.repeat(gauges?.replicas ?? 0)}`,
    `  jobs      ${counts(ledger)}   ${throughput(ledger, frame.now).toFixed(1)} jobs/s`,
    '',
    '  decisions',
    ...decisionLines(ledger.decisions.slice(-6), width),
  ].map((line) => clip(line, width));
}

/** How many jobs were published, confirmed and processed. */
export const counts = ({ published, confirmed, processed }: Ledger): string =>
  `published ${published}   confirmed ${confirmed}   processed ${processed}`;

/** One decision of the scaler on one line. */
export function decisionLine({ at, from, to, reason, message }: DecisionRecord): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  return `${time}  ${String(from).padStart(3)} -> ${String(to).padEnd(3)}  ${reason.padEnd(18)}  ${message}`;
}

/** A line each; where the newest one's message does not fit beside it, it stands below it, as a whole. */
function decisionLines(decisions: readonly DecisionRecord[], width: number): string[] {
  const lines = decisions.map((decision) => `  ${decisionLine(decision)}`);
  const newest = decisions.at(-1);
  if (newest === undefined || (lines.at(-1) ?? '').length <= width) return lines;
  const facts = `  ${decisionLine({ ...newest, message: '' })}`.trimEnd();
  return [...lines.slice(0, -1), facts, ...wrapped(newest.message, width, ' '.repeat(6))];
}

function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

/** One line for a log or a pipe. */
export function statusLine({ elapsedSeconds, gauges, ledger }: Frame): string {
  const reading = gauges
    ? `ready ${gauges.ready}, in flight ${gauges.unacked}, replicas ${gauges.replicas}`
    : 'no reading yet';
  return `${clock(elapsedSeconds)}  ${reading}, processed ${ledger.processed} of ${ledger.published}`;
}

/** Jobs per second over the last five seconds. */
function throughput({ completions }: Ledger, now: number): number {
  const since = now - THROUGHPUT_WINDOW_MS;
  return completions.filter((at) => at > since).length / (THROUGHPUT_WINDOW_MS / 1000);
}

function sparkline(values: readonly number[]): string {
  const shown = values.slice(-SPARK_WIDTH);
  const top = Math.max(1, ...shown);
  return shown.map((value) => BARS[Math.ceil((value / top) * (BARS.length - 1))]).join('');
}

/** How the run ended, for people and for programs that read the last lines of a log. */
export function summary(ledger: Ledger, replicas: readonly number[], ended = true): string[] {
  const { published, confirmed, processed, lost, duplicated, redelivered, parked, earlier } = ledger;
  const { completions, waits } = ledger;
  const relation = ledger.balanced ? '=' : '/';
  // No job of a run that was cut short is known to be lost: the broker still has them.
  const open = ended ? 'lost' : 'unfinished';
  const spanSeconds = ((completions.at(-1) ?? 0) - (completions[0] ?? 0)) / 1000;
  return [
    `published ${published} ${relation} confirmed ${confirmed} ${relation} processed ${processed}   ${open} ${lost}   duplicated ${duplicated}`,
    `replicas ${replicas.join(' -> ')}   redelivered ${redelivered}   parked ${parked}`,
    ...(earlier === 0 ? [] : [`the queue held ${earlier} jobs before the run: they were done first`]),
    ...(waits.length === 0
      ? []
      : [
          `waited p50 ${seconds(percentile(waits, 0.5))}   p99 ${seconds(percentile(waits, 0.99))}   first to last job done ${seconds(spanSeconds)}`,
        ]),
  ];
}

/** The counts the workload went through: [0, 25, 0]. */
export function trajectory(decisions: readonly DecisionRecord[]): number[] {
  const counts = [0, ...decisions.map(({ to }) => to)];
  return counts.filter((count, index) => count !== counts[index - 1]);
}

/** With no job waiting there is no wait; what the broker does not report is not 0. */
function oldestWait({ ready, oldestWaitSeconds }: Gauges): string {
  if (oldestWaitSeconds !== undefined) return seconds(oldestWaitSeconds);
  return ready === 0 ? 'none' : 'unknown';
}

const pad = (count: number): string => String(count).padStart(4);
const seconds = (value: number): string => `${value.toFixed(1)} s`;
const clip = (line: string, width: number): string =>
  line.length > width ? `${line.slice(0, width - 1)}…` : line;

function clock(elapsedSeconds: number): string {
  const whole = Math.floor(elapsedSeconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
