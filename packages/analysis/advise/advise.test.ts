import {
  constant,
  drain,
  flow,
  latch,
  type Policy,
  parseTrace,
  proportional,
  type Timing,
} from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { type Section, textOf } from '../report/markup.ts';
import { advise } from './advise.ts';
import { type Recorded, recordedOf, traceOf } from './arrivals.ts';
import { candidatesOf } from './candidates.ts';
import { chartOf } from './chart.ts';
import { frameOf, type Objective } from './labels.ts';
import { missesOf } from './outcome.ts';
import { jsonOf, sectionsOf } from './report.ts';

const timing: Timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 10,
  service: { distribution: 'exponential', meanSeconds: 5 },
  gracefulStopSeconds: 30,
  killsAfterGrace: true,
};

/** 23:00 UTC: what comes after the first hour belongs to another day. */
const startSeconds = Date.UTC(2026, 10, 28, 23) / 1000;

/** A job every other second, and 61 at once every half hour. */
const recorded: Recorded = {
  startSeconds,
  counts: Uint32Array.from({ length: 1.5 * 3600 }, (_, second) => (second % 1800 === 900 ? 61 : second % 2)),
};

const objective: Objective = { p99WaitSeconds: 60, maxReplicas: 25, maxChangesPerHour: undefined };
const today = { policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100 } }), line: 'latch, as it is' };
const question = { recorded, timing, objective, today, seed: 1 };
const advice = advise(question);

describe('the advice', () => {
  it('is the same for the same question', () => {
    expect(jsonOf(advise(question), 'x')).toBe(jsonOf(advice, 'x'));
  });

  it('meets the objective, and nothing of the front that meets it with as much to spare costs less', () => {
    expect(advice.misses).toEqual([]);
    const cheaper = advice.front.filter(
      (outcome) =>
        outcome.podSeconds < advice.best.podSeconds && missesOf(outcome, objective, 0.15).length === 0,
    );
    expect(cheaper).toEqual([]);
    expect(advice.front).toContain(advice.best);
  });

  it('shows each kind, by its wait, and none that another beats twice', () => {
    expect(new Set(advice.front.map(({ policy }) => policy.kind))).toEqual(
      new Set(['latch', 'proportional', 'drain', 'flow', 'constant']),
    );
    const waits = advice.front.map(({ waitP99 }) => waitP99);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it('lists each day of the calendar, and what it saves compared with today', () => {
    expect(
      advice.days.map(({ startSeconds: at, jobs }) => [new Date(at * 1000).toISOString(), jobs]),
    ).toEqual([
      ['2026-11-28T23:00:00.000Z', 1800 + 2 * 61],
      ['2026-11-29T00:00:00.000Z', 900 + 61],
    ]);
    const text = JSON.stringify(sectionsOf(advice));
    expect(text).toMatch(/The best takes [\d.]+ pod-hours a week less \(\d+ %\)/);
    expect(text).toContain(`policy: ${advice.best.line},`);
  });

  it('compares policies in a table that a terminal holds, and writes each one out below it by its number', () => {
    const [, { title, head, rows, right = [], notes = [] }] = sectionsOf(advice) as [Section, Section];
    const table = textOf('', [{ title, head, rows, right }]).split('\n');
    expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(90);
    expect(rows.map(([name]) => name)).toContainEqual(expect.stringMatching(/^\d+ \w+ \(best\)$/));
    expect(rows.at(-1)?.[0]).toBe('today');
    expect(notes).toEqual([
      ...advice.front.map(({ line }, index) => `${index + 1}: ${line}`),
      `today: ${today.line}`,
    ]);
  });

  it('names what is missed where no policy meets the objective', () => {
    const hard = advise({ ...question, objective: { ...objective, maxReplicas: 1 } });
    expect(hard.misses.join()).toMatch(/^p99 of the wait \d+ s$/);
    expect(JSON.stringify(sectionsOf(hard))).toMatch(/None of \d+ meets it\. The nearest \(p99 of the wait/);
  });

  it('keeps a bound on changes', () => {
    const calm = advise({ ...question, objective: { ...objective, maxChangesPerHour: 10 } });
    expect(calm.misses).toEqual([]);
    expect(calm.best.changesPerHour).toBeLessThanOrEqual(10);
    expect(calm.best.podSeconds).toBeGreaterThanOrEqual(advice.best.podSeconds);
  });
});

describe('a candidate', () => {
  const makers = { constant, drain, flow, latch, proportional };

  it('is what its line says', () => {
    const candidates = candidatesOf(frameOf(recorded, timing, objective));
    expect(candidates.length).toBeGreaterThan(50);
    for (const { line, policy } of candidates) {
      const read = new Function(...Object.keys(makers), `return ${line};`) as (...all: unknown[]) => Policy;
      expect(read(...Object.values(makers))).toEqual(policy);
    }
  });
});

describe('the picture', () => {
  const svg = chartOf(advice, 'Advice for <jobs>');

  it('is one self-contained SVG that describes in words what it shows', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img"/);
    expect(svg).toContain('<title id="title">Advice for &lt;jobs&gt;</title>');
    expect(svg).toContain(`${advice.best.line}, the best: p99`);
    expect(svg).not.toMatch(/href|url\(|<script|NaN|undefined|Infinity/);
    expect(svg.match(/ \(best\)<\/text>/g)).toHaveLength(1);
  });
});

describe('recorded arrivals', () => {
  it('go through the simulator as they came', () => {
    expect(recordedOf(traceOf(recorded))).toEqual(recorded);
  });

  it('may be in milliseconds', () => {
    const seconds = parseTrace('1764201600,2\n1764201605,1\n');
    expect(parseTrace('1764201600000,2\n1764201605999,1\n')).toEqual(seconds);
    expect(() => parseTrace('1764201600,2\n1764201605000,1\n')).toThrow(
      "line 2: 'epoch-seconds' (1764201605000) is in milliseconds, those before it in seconds",
    );
  });

  it('of more than a year are refused', () => {
    expect(() => recordedOf(parseTrace('0,1\n1764201600,1\n'))).toThrow('more than a year');
  });
});
