import {
  PolicyError,
  parsePolicy,
  parseTrace,
  type SchedulePolicy,
  type Trace,
  TraceError,
} from '@sluice/policy';
import fc from 'fast-check';
import { parseDuration } from '../../../../packages/contracts/instant.ts';
import { floorAt } from '../../../../policy/decide/recommend.ts';
import { mutated, texts } from '../mutate.ts';
import { firstOf, MAX_INSTANT_MS, MAX_TIMER_SECONDS, unless } from '../oracles.ts';
import { parsing, subject } from '../subject.ts';

/** `--every`, and every other duration of the command line. */
export const duration = subject<string, number>({
  name: 'duration',
  inputs: texts('500ms', '30s', '10m', '1h', '0.5s', '24.8h'),
  parse: (text) => {
    const seconds = parseDuration(text);
    return seconds === undefined ? { refused: [] } : { accepted: seconds };
  },
  nonsense: (seconds, text) =>
    firstOf(
      unless(seconds > 0 && seconds <= MAX_TIMER_SECONDS, `${seconds} s is no delay of a timer`),
      unless(/^[0-9.]+(ms|s|m|h)$/.test(text), 'not written as a duration'),
    ),
});

const crons = texts(
  ...(['* * * * *', '0 8 * * 1-5', '30 18 * * *', '*/15 0-6 1,15 * *', '0 0 29 2 *', '0 0 L * *'] as const),
  ...([
    '0 0 * * 5#2',
    '5 4 * jan sun',
    '0 0 31 12 *',
    '59 23 * * 7',
    '10-50/7 * * * *',
    '0 0 15W * *',
  ] as const),
);

interface Timetable {
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly holiday: string;
  /** When it is asked, epoch milliseconds. */
  readonly at: number;
}

const timetables: fc.Arbitrary<Timetable> = fc.record({
  start: crons,
  end: crons,
  timeZone: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia') },
    { weight: 1, arbitrary: mutated(fc.constant('Europe/Berlin')) },
  ),
  holiday: fc.oneof(fc.constant('2026-12-25'), mutated(fc.constant('2024-02-29'))),
  at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});

const scheduleOf = ({ start, end, timeZone, holiday }: Timetable): unknown => ({
  ...{ kind: 'schedule', timeZone, holidays: [holiday], windows: [{ start, end, minReplicas: 2 }] },
  policy: {
    ...{ kind: 'constant', minReplicas: 1, maxReplicas: 5, staleAfterSeconds: 60 },
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' },
      scaleDown: { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' },
    },
  },
});

interface Asked {
  readonly policy: SchedulePolicy;
  readonly floor: number;
}

/** A window of a schedule, read and then asked for the floor at an instant: both within a second. */
export const cron = subject<Timetable, Asked>({
  name: 'cron',
  inputs: timetables,
  parse: (timetable) =>
    parsing(() => {
      const policy = parsePolicy(scheduleOf(timetable)) as SchedulePolicy;
      return { policy, floor: floorAt(policy, timetable.at).floor };
    }, PolicyError),
  nonsense: ({ policy, floor }) =>
    firstOf(
      unless(floor === 0 || floor === 2, `floor ${floor}`),
      ...policy.windows.flatMap(({ start, end }) => [start, end].map(wrongCron)),
      ...policy.holidays.map((day) => unless(/^\d{4}-\d{2}-\d{2}$/.test(day), `holiday ${day}`)),
    ),
});

const wrongCron = (text: string): string | undefined =>
  firstOf(
    unless(text.trim().split(/\s+/).length === 5, `'${text}' has not 5 fields`),
    unless(/^[\w*/,?#\s-]*$/.test(text), `'${text}' holds what no cron expression does`),
  );

/** `--trace FILE`. */
export const trace = subject<string, Trace>({
  name: 'trace',
  inputs: texts(
    ...([
      '1700000000,100\n1700000600,100\n',
      'time,count\n1,0\n1,5\n\n2,7',
      '0,1',
      '1700000000 , 3\r\n',
    ] as const),
    ...(['253402300799,1', '1700000000000,1', '1,1000000000\n1,1', '1,9007199254740991'] as const),
  ),
  parse: (text) => parsing(() => parseTrace(text), TraceError),
  nonsense: ({ entries }) =>
    firstOf(
      unless(entries.length > 0, 'no entries'),
      ...entries.map(({ epochSeconds, count }) =>
        firstOf(
          unless(Number.isInteger(epochSeconds) && epochSeconds >= 0, `instant ${epochSeconds}`),
          unless(epochSeconds * 1000 <= MAX_INSTANT_MS, `instant ${epochSeconds} s is beyond every date`),
          unless(Number.isInteger(count) && count >= 0 && count < 2 ** 31, `count ${count}`),
        ),
      ),
      unless(
        entries.every((entry, index) => entry.epochSeconds >= (entries[index - 1]?.epochSeconds ?? 0)),
        'not ascending',
      ),
    ),
});
