import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { decide, emptyHistory, proportional, type SchedulePolicy, schedule } from '../index.ts';
import { floorAt } from './recommend.ts';

const policy = proportional({
  perReplica: 10,
  maxReplicas: 25,
  behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
});
const office = schedule({
  policy,
  timeZone: 'Europe/Berlin',
  windows: [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 }],
  holidays: ['2026-12-25'],
});

const floorOf = (plan: SchedulePolicy, instant: string): number => floorAt(plan, Date.parse(instant)).floor;

describe('a window raises the floor', () => {
  it.each([
    // Berlin is at UTC+1 in winter: 08:00 is 07:00Z.
    ['a Friday, 1 ms before', '2026-11-20T06:59:59.999Z', 0],
    ['its start', '2026-11-20T07:00:00.000Z', 5],
    ['1 ms before its end', '2026-11-20T16:59:59.999Z', 5],
    ['its end', '2026-11-20T17:00:00.000Z', 0],
    ['Saturday noon', '2026-11-21T11:00:00.000Z', 0],
    ['a holiday on a Friday', '2026-12-25T11:00:00.000Z', 0],
    ['the Monday after', '2026-12-28T11:00:00.000Z', 5],
    // and at UTC+2 in summer: 08:00 is 06:00Z.
    ['the last working day of winter time', '2026-03-27T06:30:00.000Z', 0],
    ['the first of summer time', '2026-03-30T06:30:00.000Z', 5],
    ['the last of summer time', '2026-10-23T06:30:00.000Z', 5],
    ['the first of winter time', '2026-10-26T06:30:00.000Z', 0],
  ])('%s (%s): %d', (_, instant, floor) => {
    expect(floorOf(office, instant)).toBe(floor);
  });

  it('and owns the reason when it does', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    const reading = { ready: 20, unacked: 0, at: now };
    expect(decide(office, { reading, current: 0, history: emptyHistory, now })).toEqual({
      replicas: 5,
      reason: 'ScheduleFloor',
      message:
        "The window from '0 8 * * 1-5' to '0 18 * * 1-5' (Europe/Berlin) keeps at least 5 replicas, 2 wanted.",
    });
  });

  it('but never lowers what the backlog wants', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    const reading = { ready: 120, unacked: 0, at: now };
    const decision = decide(office, { reading, current: 0, history: emptyHistory, now });
    expect(decision).toMatchObject({ replicas: 12, reason: 'DesiredWithinRange' });
  });

  it('the highest of several open windows counts', () => {
    const two = schedule({
      ...office,
      windows: [...office.windows, { start: '0 12 * * *', end: '0 13 * * *', minReplicas: 9 }],
    });
    expect([floorOf(two, '2026-11-20T10:30:00Z'), floorOf(two, '2026-11-20T11:30:00Z')]).toEqual([5, 9]);
  });

  it('a window over midnight that began before a holiday runs on into it', () => {
    const nights = schedule({
      policy,
      timeZone: 'UTC',
      windows: [{ start: '0 22 * * *', end: '0 6 * * *', minReplicas: 3 }],
      holidays: ['2026-12-25'],
    });
    expect(floorOf(nights, '2026-12-25T02:00:00Z')).toBe(3);
    expect(floorOf(nights, '2026-12-25T23:00:00Z')).toBe(0);
    expect(floorOf(nights, '2026-12-26T02:00:00Z')).toBe(0);
    expect(floorOf(nights, '2026-12-26T23:00:00Z')).toBe(3);
  });
});

describe('when the clocks change', () => {
  it('a start in the hour that is skipped counts at the end of the gap', () => {
    const early = schedule({
      policy,
      timeZone: 'Europe/Berlin',
      windows: [{ start: '30 2 * * *', end: '0 5 * * *', minReplicas: 4 }],
    });
    // 2026-03-29: 02:00 becomes 03:00 at 01:00Z.
    expect(floorOf(early, '2026-03-29T00:59:59Z')).toBe(0);
    expect(floorOf(early, '2026-03-29T01:00:00Z')).toBe(4);
    expect(floorOf(early, '2026-03-29T03:00:00Z')).toBe(0);
  });

  // The zones' own offsets, computed by Intl and not by the cron library.
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
  const localHour = (timeZone: string, now: number): number =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(now));

  it('the floor follows the local clock in every zone, at every instant of two years', () => {
    const plans = zones.map((timeZone) =>
      schedule({ policy, timeZone, windows: [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 5 }] }),
    );
    const from = Date.parse('2026-01-01T00:00:00Z');
    const instants = fc.integer({ min: from, max: from + 2 * 365 * 86_400_000 });
    fc.assert(
      fc.property(fc.constantFrom(...plans), instants, (plan, now) => {
        const hour = localHour(plan.timeZone, now);
        expect(floorAt(plan, now).floor).toBe(hour >= 8 && hour < 18 ? 5 : 0);
      }),
      { numRuns: runs(400) },
    );
  });
});
