import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { proportional, schedule } from '../index.ts';
import {
  type ClockChange,
  clockChanges,
  cronOf,
  type DailyEvent,
  type DailyWindow,
  replay,
} from '../testing/wall-clock.ts';
import { floorAt } from './recommend.ts';

const policy = proportional({ perReplica: 10, maxReplicas: 25 });
const DAY = 86_400_000;
const planOf = (timeZone: string, { start, end }: DailyWindow) =>
  schedule({ policy, timeZone, windows: [{ start: cronOf(start), end: cronOf(end), minReplicas: 5 }] });

const changes = Intl.supportedValuesOf('timeZone').flatMap((timeZone) =>
  clockChanges(timeZone, Date.UTC(2026, 0), Date.UTC(2027, 0)).map((change) => ({ timeZone, ...change })),
);
const gaps = changes.filter(({ before, after }) => after > before);

const eventAt = (wall: number): DailyEvent => ({
  hour: new Date(wall).getUTCHours(),
  minute: new Date(wall).getUTCMinutes(),
});

describe('a window at the hour that a zone skips', () => {
  it('is closed for the day: 02:00 to 03:00 in Berlin on 2026-03-29', () => {
    const plan = schedule({
      ...{ policy, timeZone: 'Europe/Berlin' },
      windows: [{ start: '0 2 * * *', end: '0 3 * * *', minReplicas: 5 }],
    });
    for (const at of ['2026-03-29T01:00:00Z', '2026-03-29T12:00:00Z', '2026-03-29T23:59:59Z'])
      expect(floorAt(plan, Date.parse(at)).floor).toBe(0);
    expect(floorAt(plan, Date.parse('2026-03-30T00:30:00Z')).floor).toBe(5);
  });

  it('never opens in any zone that has one', () => {
    expect(new Set(gaps.map(({ timeZone }) => timeZone)).size).toBeGreaterThan(100);
    for (const { timeZone, at, before, after } of gaps) {
      const plan = planOf(timeZone, { start: eventAt(at + before), end: eventAt(at + after) });
      for (const later of [0, 1, 60_000, DAY / 2, DAY - (after - before) - 1])
        expect([timeZone, later, floorAt(plan, at + later).floor]).toEqual([timeZone, later, 0]);
    }
  });
});

describe('a window near a change of the clocks', () => {
  const nearby = fc.integer({ min: -150, max: 150 });
  const edge = fc.tuple(nearby, fc.option(fc.nat({ max: 6 }), { nil: undefined }));

  const eventNear = ({ at, before, after }: ClockChange, minutes: number, weekday?: number): DailyEvent => ({
    ...eventAt(at + Math.min(before, after) + minutes * 60_000),
    ...(weekday !== undefined && { weekday }),
  });

  it('is open exactly when a clock followed minute by minute says so, in every zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...changes), edge, edge, (change, [first, on], [second, off]) => {
        const { timeZone, at } = change;
        const window = { start: eventNear(change, first, on), end: eventNear(change, second, off) };
        fc.pre(cronOf(window.start) !== cronOf(window.end));
        const plan = planOf(timeZone, window);
        // Eight days before, each of both has been.
        const minutes = [...replay(window, change, at - 8 * DAY, at + DAY)].filter(
          (one) => one.at > at - DAY / 4,
        );
        const wrong = minutes.find((one) => floorAt(plan, one.at).floor > 0 !== one.open);
        const found = wrong && { ...wrong, timeZone, window, at: new Date(wrong.at).toISOString() };
        expect(found).toBeUndefined();
      }),
      { numRuns: runs(150) },
    );
  });
});
