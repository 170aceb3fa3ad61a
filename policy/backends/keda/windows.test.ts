import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/properties.ts';
import { isOpen, timedWindow } from '../../decide/recommend.ts';
import { compileKeda, proportional, refusals, schedule } from '../../index.ts';
import { asked, target } from '../../testing/workloads.ts';
import { nextRobfig, parseRobfig } from './robfig-cron.ts';
import { isUp, windowParity } from './windows.ts';

const policy = proportional({ perReplica: 10, maxReplicas: 25 });
const planOf = (start: string, end: string, timeZone = 'Europe/Berlin') => {
  const window = { start, end, minReplicas: 5 };
  return { window, plan: schedule({ policy, timeZone, windows: [window] }) };
};
const parityOf = (start: string, end: string, timeZone?: string) => {
  const { plan, window } = planOf(start, end, timeZone);
  return windowParity(plan, window);
};
const verdictOf = (start: string, end: string, timeZone?: string) => {
  const { plan } = planOf(start, end, timeZone);
  const compiled = compileKeda(
    { name: 'jobs', source: asked, target, policy: plan },
    { pollSeconds: 5, credentials: 'broker' },
  );
  const { fidelity } = compiled;
  return { ...compiled, windows: fidelity.find(({ clause }) => clause === 'windows') };
};

describe('a window that KEDA would read differently', () => {
  it('is refused with the time it would be up: every evening ends what only weekdays start', () => {
    const { manifests, fidelity } = verdictOf('30 6 * * 1-5', '10 22 * * *');
    expect(manifests).toEqual([]);
    expect(refusals(fidelity)).toEqual([
      "workload 'jobs', windows: KEDA's cron scaler is up unless its next start comes before its next end, so of the window from '30 6 * * 1-5' to '10 22 * * *' it would be up from Fri 2026-01-02 22:10 to Sun 2026-01-04 22:10, between two ends; let starts and ends take turns, or choose the own scaler.",
    ]);
  });

  it('is refused with the time it would be down, too', () => {
    expect(parityOf('0 8,9 * * *', '0 18 * * *')).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('would be down from Thu 2026-01-01 08:00 to Thu 2026-01-01 09:00'),
    });
  });

  it.each([
    ['the last day of a month', '0 8 L * *', '0 18 L * *', "'L' is no day of month from 1 to 31"],
    ['the second Friday', '0 8 * * 5#2', '0 18 * * 5', "'5#2' is no day of week from 0 to 6"],
    ['Sunday as 7', '0 8 * * 7', '0 18 * * 0', "'7' is no day of week from 0 to 6"],
    ['the nearest weekday', '0 8 15W * *', '0 18 15 * *', "'15W' is no day of month from 1 to 31"],
  ])('is refused when it contains a word that KEDA does not know: %s', (_, start, end, problem) => {
    expect(parityOf(start, end)).toEqual({
      kind: 'refused',
      why: `KEDA's cron (robfig/cron) cannot read the start '${start}': ${problem}; write it otherwise, or choose the own scaler.`,
    });
  });

  it('is reported with the first instant at which they differ, where only a change of the clocks separates them', () => {
    // 02:00 does not come on 2026-03-29: after the end of the 28th, the next end comes before the next start.
    const { manifests, windows } = verdictOf('0 2 * * *', '0 3 * * *');
    expect(manifests).not.toEqual([]);
    expect(windows).toMatchObject({
      fidelity: 'approximate',
      why: expect.stringContaining('at 2026-03-28T02:00:00.000Z (Europe/Berlin) it is up'),
    });
    expect(parityOf('0 2 * * *', '0 3 * * *', 'UTC').kind).toBe('same');
  });

  it.each([
    ['0 8 * * 1-5', '0 18 * * 1-5'],
    ['0 22 * * 1-5', '0 6 * * 2-6'],
    ['0 20 * * FRI', '0 20 * * sun'],
    ['0 8,12 * * *', '0 12,18 * * *'],
    ['0 8 1 1 *', '0 8 1 2 ?'],
    ['0 8 29 2 *', '0 18 29 2 *'],
    ['*/30 * * * *', '15-59/30 * * * *'],
    // Both fields of the day are restrictions: one is enough, in both crons.
    ['0 8 1 * 1', '0 18 1 * 1'],
  ])('is kept where starts and ends take turns: %s to %s', (start, end) => {
    expect(parityOf(start, end)).toEqual({ kind: 'same' });
  });
});

describe('the cron of KEDA', () => {
  const next = (expression: string, timeZone: string, after: string) => {
    const parsed = parseRobfig(expression);
    if ('problem' in parsed) return parsed.problem;
    const at = nextRobfig(parsed, timeZone, Date.parse(after));
    return at === undefined ? 'never' : new Date(at).toISOString();
  };

  // Results of robfig/cron v3.0.1 itself.
  it.each([
    [
      'an hour that is skipped',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      '2026-03-30T00:30:00.000Z',
    ],
    [
      'an hour that is repeated',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'a day without a midnight',
      '0 8 * * 5',
      'Africa/Cairo',
      '2026-04-22T12:00:00Z',
      '2026-05-01T05:00:00.000Z',
    ],
    ['the day before it', '0 8 * * 4', 'Africa/Cairo', '2026-04-23T06:00:00Z', '2026-04-24T05:00:00.000Z'],
    ['five years', '0 0 30 2 *', 'UTC', '2026-01-01T00:00:00Z', 'never'],
    ['a step', '5/20 3 * * *', 'UTC', '2026-01-01T03:05:00Z', '2026-01-01T03:25:00.000Z'],
    ['six fields', '0 0 0 * * *', 'UTC', '2026-01-01T00:00:00Z', 'expected 5 fields, found 6'],
    ['a descriptor', '@daily', 'UTC', '2026-01-01T00:00:00Z', 'expected 5 fields, found 1'],
    ['a step of 0', '*/0 * * * *', 'UTC', '2026-01-01T00:00:00Z', "'*/0' is no minute from 0 to 59"],
    ['a range backwards', '5-1 * * * *', 'UTC', '2026-01-01T00:00:00Z', "'5-1' is no minute from 0 to 59"],
  ])('%s: %s', (_, expression, timeZone, after, expected) => {
    expect(next(expression, timeZone, after)).toBe(expected);
  });
});

describe('whatever the window and the zone', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const time = fc.tuple(
    fc.constantFrom('0', '30', '0,30', '*/20'),
    fc.constantFrom('2', '8', '18', '0', '8,12', '*/6'),
  );
  const days = fc.constantFrom(
    '* * *',
    '* * 1-5',
    '* * MON',
    '* * */2',
    '1 * *',
    '*/2 * 1',
    '1-7 3,10 *',
    '29 2 *',
    '? * 0',
  );
  const windows = fc
    .tuple(time, time, days, fc.option(days, { nil: undefined, freq: 3 }))
    .map(([start, end, on, off]) => [`${start.join(' ')} ${on}`, `${end.join(' ')} ${off ?? on}`] as const)
    .filter(([start, end]) => start !== end);
  const from = Date.UTC(2026, 0);
  const instants = fc.array(fc.integer({ min: from, max: from + 3 * 365 * 86_400_000 }), {
    minLength: 100,
    maxLength: 100,
  });

  const statesOf = (start: string, end: string, timeZone: string) => {
    const { plan, window } = planOf(start, end, timeZone);
    const [starts, ends] = [parseRobfig(start), parseRobfig(end)];
    if ('problem' in starts || 'problem' in ends) throw new Error('the arbitrary gives what both read');
    const [own, keda] = [timedWindow(plan, window), { timeZone, start: starts, end: ends }];
    return (at: number) => ({ at: new Date(at).toISOString(), keda: isUp(keda, at), own: isOpen(own, at) });
  };

  it("KEDA's rule and ours agree at every instant unless the report says otherwise", () => {
    fc.assert(
      fc.property(windows, zones, instants, ([start, end], timeZone, ats) => {
        fc.pre(parityOf(start, end, timeZone).kind === 'same');
        const states = ats.map(statesOf(start, end, timeZone));
        expect(states.find(({ keda, own }) => keda !== own)).toBeUndefined();
      }),
      { numRuns: runs(20) },
    );
  });

  it('a refusal names an instant at which they differ', () => {
    fc.assert(
      fc.property(windows, ([start, end]) => {
        const parity = parityOf(start, end, 'UTC');
        fc.pre(parity.kind !== 'same' && parity.kind !== 'clock-change');
        const [, state, day] = / (up|down) from \w{3} (\S+ \S+) to/.exec(parity.why) ?? [];
        const at = Date.parse(`${day?.replace(' ', 'T')}:00Z`);
        expect(statesOf(start, end, 'UTC')(at)).toMatchObject({
          keda: state === 'up',
          own: state === 'down',
        });
      }),
      { numRuns: runs(120) },
    );
  });
});
