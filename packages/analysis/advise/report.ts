import type { Section } from '../report/markup.ts';
import type { Advice, Day } from './advise.ts';
import { missesOf, type Outcome } from './outcome.ts';

/** `Advice for jobs in local, from arrivals.csv` */
export const titleOf = (subject: string, source: string): string => `Advice for ${subject}, from ${source}`;

/** What was asked, the front, the days, and what the best is beside the policy of today. */
export function sectionsOf(advice: Advice): Section[] {
  return [askedSection(advice), frontSection(advice), daysSection(advice)];
}

function askedSection(advice: Advice): Section {
  const { misses, best, tried } = advice;
  const verdict =
    misses.length === 0
      ? `The cheapest of ${tried} that meets it:`
      : `None of ${tried} meets it. The nearest (${misses.join(', ')}):`;
  return {
    title: `${span(advice)}: ${advice.jobs} jobs, ${(advice.jobs / advice.seconds).toPrecision(3)} a second`,
    ...{ head: [], rows: [] },
    notes: [`Objective: ${objectiveOf(advice)}.`, verdict, `policy: ${best.line},`, ...besideToday(advice)],
  };
}

function span({ startSeconds, seconds }: Advice): string {
  const hours = seconds / 3600;
  const length = hours >= 48 ? `${(hours / 24).toFixed(1)} days` : `${hours.toFixed(1)} hours`;
  return `${length} from ${instant(startSeconds)}`;
}

const instant = (epochSeconds: number): string =>
  new Date(epochSeconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$/, ' UTC');

function objectiveOf({ objective }: Advice): string {
  const { p99WaitSeconds, maxReplicas, maxChangesPerHour } = objective;
  return [
    ...(p99WaitSeconds === undefined ? [] : [`p99 of the wait at most ${p99WaitSeconds} s`]),
    `at most ${maxReplicas} replicas`,
    ...(maxChangesPerHour === undefined ? [] : [`at most ${maxChangesPerHour} changes an hour`]),
  ].join(', ');
}

/** What it would have saved or cost. */
function besideToday({ best, today, objective, seconds }: Advice): string[] {
  if (today === undefined) return [];
  const hours = (today.podSeconds - best.podSeconds) / 3600;
  const weekly = hours / (seconds / (7 * 86_400));
  const share = today.podSeconds === 0 ? 0 : (100 * Math.abs(hours * 3600)) / today.podSeconds;
  const bill = hours >= 0 ? 'less' : 'more';
  const missed = missesOf(today, objective);
  const met = missed.length === 0 ? 'meets the objective' : `misses it (${missed.join(', ')})`;
  return [
    `The policy of today ${met}. The best takes ${Math.abs(weekly).toFixed(1)} pod-hours a week ${bill} (${share.toFixed(0)} %), and jobs wait ${best.waitP99.toFixed(0)} s instead of ${today.waitP99.toFixed(0)} s at p99.`,
  ];
}

const HEAD = ['policy', 'wait p50', 'wait p99', 'pod time', 'changes/h', 'killed', 'left', 'objective'];

function frontSection({ front, today, best, objective }: Advice): Section {
  const row = (outcome: Outcome, name: string): string[] => [
    name,
    ...figures(outcome),
    missesOf(outcome, objective).length === 0 ? 'met' : 'missed',
  ];
  const lines = front.map((outcome, index) =>
    row(outcome, `${index + 1} ${outcome.policy.kind}${outcome === best ? ' (best)' : ''}`),
  );
  return {
    title: 'Policies by their wait, what they cost, and the best of each kind',
    head: HEAD,
    rows: [...lines, ...(today === undefined ? [] : [row(today, 'today')])],
    right: [1, 2, 3, 4, 5, 6],
    // With all their numbers the policies are wider than a terminal.
    notes: [
      ...front.map(({ line }, index) => `${index + 1}: ${line}`),
      ...(today === undefined ? [] : [`today: ${today.line}`]),
    ],
  };
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const times = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(2)} x` : '-');

const figures = (outcome: Outcome): string[] => [
  seconds(outcome.waitP50),
  seconds(outcome.waitP99),
  times(outcome.overIdeal),
  outcome.changesPerHour.toFixed(1),
  String(outcome.kills),
  String(outcome.residue),
];

function daysSection({ days, objective }: Advice): Section {
  const withToday = days.some(({ today }) => today !== undefined);
  const head = [
    'day (UTC)',
    'jobs',
    'best p99',
    'best pod time',
    ...(withToday ? ['today p99', 'today pod time'] : []),
  ];
  const missed = days.filter(({ best }) => missesOf(best, objective).length > 0);
  return {
    title: 'Day by day',
    ...{ head, rows: days.map((day) => dayRow(day, withToday)), right: [1, 2, 3, 4, 5] },
    notes:
      missed.length === 0
        ? ['The best meets the objective on each day.']
        : [
            `The best misses the objective on ${missed.map(({ startSeconds }) => date(startSeconds)).join(', ')}.`,
          ],
  };
}

const date = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString().slice(0, 10);

const dayRow = ({ startSeconds, jobs, best, today }: Day, withToday: boolean): string[] => [
  date(startSeconds),
  String(jobs),
  seconds(best.waitP99),
  times(best.overIdeal),
  ...(withToday ? [today ? seconds(today.waitP99) : '-', today ? times(today.overIdeal) : '-'] : []),
];

/** For programs: all of it, of an absent figure null. */
export const jsonOf = (advice: Advice, source: string): string =>
  `${JSON.stringify({ source, ...advice, today: advice.today ?? null }, null, 2)}\n`;
