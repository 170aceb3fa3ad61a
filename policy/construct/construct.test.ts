import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constant,
  drain,
  flow,
  type LatchProps,
  latch,
  PolicyError,
  parsePolicy,
  proportional,
  schedule,
} from '../index.ts';
import { policies } from '../testing/arbitraries.ts';

function faultsOf(construct: () => unknown): readonly string[] {
  try {
    construct();
  } catch (error) {
    if (error instanceof PolicyError) return error.faults;
    throw error;
  }
  return [];
}

const startWhen = { readyAtLeast: 100 };
const weekdays = { start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 };

describe('defaults', () => {
  it('a latch is 0 or N at once', () => {
    expect(latch({ replicas: 25, startWhen })).toEqual({
      kind: 'latch',
      minReplicas: 0,
      maxReplicas: 25,
      staleAfterSeconds: 60,
      startWhen: { readyAtLeast: 100 },
      stopWhen: 'drained',
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' },
        scaleDown: { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' },
      },
    });
  });

  it.each([
    [60, proportional({ perReplica: 10, maxReplicas: 25 })],
    // 4 x (10 s + 5 s)
    [60, drain({ sloSeconds: 300, meanServiceSeconds: 5, podStartSeconds: 10, maxReplicas: 25 })],
    [360, drain({ sloSeconds: 900, meanServiceSeconds: 60, podStartSeconds: 30, maxReplicas: 25 })],
    [30, drain({ sloSeconds: 300, meanServiceSeconds: 2, maxReplicas: 25 })],
    [3600, drain({ sloSeconds: 9000, meanServiceSeconds: 7000, maxReplicas: 25 })],
    // What is measured begins with 10 s: 4 x 10 s, 2 x (10 s + 10 s)
    [40, drain({ sloSeconds: 300, maxReplicas: 25 })],
    [40, flow({ targetWaitSeconds: 60, podStartSeconds: 10, maxReplicas: 25 })],
  ])(
    'rises at once, and falls over %d s, which pod start and service time give: %j',
    (window, { behavior }) => {
      expect(behavior.scaleUp).toEqual({ stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' });
      expect(behavior.scaleDown.stabilizationWindowSeconds).toBe(window);
    },
  );

  it('what is given of a behavior replaces only itself', () => {
    const { behavior } = proportional({
      perReplica: 10,
      maxReplicas: 25,
      behavior: { scaleDown: { policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } },
    });
    expect(behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 60,
      policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      selectPolicy: 'Max',
    });
  });

  it('a constant is one count, at once and at any load', () => {
    expect(constant({ replicas: 2 })).toEqual({
      ...{ kind: 'constant', minReplicas: 2, maxReplicas: 2, staleAfterSeconds: 60 },
      behavior: latch({ replicas: 2, startWhen }).behavior,
    });
    expect(faultsOf(() => constant({ replicas: 2.5, maxReplicas: 1 }))).toEqual([
      "'replicas' (2.5) must be an integer of at least 0",
      "'replicas' (2.5) must not exceed 'maxReplicas' (1)",
    ]);
  });

  it('its windows raise a constant no higher than it says', () => {
    const timetable = (maxReplicas?: number) => () =>
      schedule({
        policy: constant({ replicas: 1, ...(maxReplicas !== undefined && { maxReplicas }) }),
        ...{ timeZone: 'UTC', windows: [weekdays] },
      });
    expect(timetable(5)).not.toThrow();
    expect(faultsOf(timetable())).toEqual([
      "'windows[0].minReplicas' (5) must not exceed 'policy.maxReplicas' (1)",
    ]);
  });

  it('a schedule has no holidays', () => {
    const policy = proportional({ perReplica: 10, maxReplicas: 25 });
    expect(schedule({ policy, timeZone: 'UTC', windows: [weekdays] }).holidays).toEqual([]);
  });
});

describe('faults', () => {
  it('all come at once, in the words of the constructor', () => {
    const props = { replicas: 10, minReplicas: 11, startWhen: {}, stopWhen: 'empty', staleAfter: 5 };
    expect(faultsOf(() => latch(props as unknown as LatchProps))).toEqual([
      "'staleAfter' is not known here (known: kind, minReplicas, maxReplicas, staleAfterSeconds, behavior, startWhen, stopWhen, ageOpens)",
      "'minReplicas' (11) must not exceed 'replicas' (10)",
      '\'stopWhen\' ("empty") must be one of drained, ready-empty',
      "exactly one of 'startWhen.readyAtLeast' and 'startWhen.readyAbove' must be given",
    ]);
  });

  it('the error reads as one sentence of them', () => {
    expect(() => proportional({ perReplica: 0, minReplicas: 11, maxReplicas: 10 })).toThrow(
      "Invalid policy: 'minReplicas' (11) must not exceed 'maxReplicas' (10); 'perReplica' (0) must be a finite number above 0",
    );
  });

  it.each([
    [
      () => latch({ replicas: 25, startWhen: { readyAtLeast: 0 } }),
      "'startWhen.readyAtLeast' (0) must be an integer of at least 1",
    ],
    [() => latch({ replicas: 2.5, startWhen }), "'replicas' (2.5) must be an integer of at least 1"],
    [
      () => latch({ replicas: 25, startWhen: { readyAbove: 1, oldestWaitSeconds: Number.NaN } }),
      "'startWhen.oldestWaitSeconds' (NaN) must be a finite number above 0",
    ],
    [
      () => drain({ sloSeconds: 10, podStartSeconds: 10, meanServiceSeconds: 1, maxReplicas: 5 }),
      "'podStartSeconds' (10) must be below 'sloSeconds' (10), unless 'sloOf' is wait",
    ],
    [
      () => proportional({ perReplica: 1, maxReplicas: 5, staleAfterSeconds: 0 }),
      "'staleAfterSeconds' (0) must be a finite number above 0",
    ],
    [
      () =>
        proportional({
          perReplica: 1,
          maxReplicas: 5,
          behavior: { scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] } },
        }),
      `'behavior.scaleUp' (an object) can never leave 0 replicas: a percentage of 0 is 0`,
    ],
    [
      () =>
        proportional({
          perReplica: 1,
          maxReplicas: 5,
          behavior: { scaleDown: { policies: [{ type: 'Pods', value: 0, periodSeconds: 90_000 }] } },
        }),
      "'behavior.scaleDown.policies[0].value' (0) must be an integer of at least 1",
    ],
  ])('are found by %#', (construct, fault) => {
    expect(faultsOf(construct)).toContain(fault);
  });

  it('a Min that holds any percentage stays at 0 as well', () => {
    const policies = [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ] as const;
    const props = { perReplica: 1, maxReplicas: 5 };
    const withRule = (selectPolicy: 'Max' | 'Min', minReplicas: number) =>
      faultsOf(() =>
        proportional({ ...props, minReplicas, behavior: { scaleUp: { policies, selectPolicy } } }),
      );
    expect(withRule('Min', 0)).toEqual([expect.stringContaining('can never leave 0 replicas')]);
    expect(withRule('Max', 0)).toEqual([]);
    expect(withRule('Min', 1)).toEqual([]);
  });

  it('of a schedule name the window', () => {
    const policy = proportional({ perReplica: 10, maxReplicas: 4 });
    const windows = [
      { start: '0 8 * * 1-5', end: '0 8 * * 1-5', minReplicas: 5 },
      { start: '8 o clock', end: '0 0 30 2 *', minReplicas: 1 },
    ];
    const holidays = ['2026-02-30'];
    expect(faultsOf(() => schedule({ policy, timeZone: 'Europe/Bonn', windows, holidays }))).toEqual([
      '\'timeZone\' ("Europe/Bonn") must be an IANA time zone, for example Europe/Berlin',
      "'windows[0].end' (\"0 8 * * 1-5\") must differ from 'windows[0].start'",
      "'windows[0].minReplicas' (5) must not exceed 'policy.maxReplicas' (4)",
      '\'windows[1].start\' ("8 o clock") must be a cron expression of 5 fields',
      '\'windows[1].end\' ("0 0 30 2 *") must occur some day',
      '\'holidays[0]\' ("2026-02-30") must be a date written as YYYY-MM-DD',
    ]);
  });
});

it.each(['0 00:', '@daily', '2026-01-01T00:00:00', '0 8 * *', '0 8 * * 1-5 2026', '\u00a00 8 * * 1'])(
  'takes %j for no cron expression',
  (start) => {
    const policy = proportional({ perReplica: 10, maxReplicas: 4 });
    const windows = [{ start, end: '0 18 * * *', minReplicas: 1 }];
    expect(faultsOf(() => schedule({ policy, timeZone: 'UTC', windows }))).toEqual([
      `'windows[0].start' (${JSON.stringify(start)}) must be a cron expression of 5 fields`,
    ]);
  },
);

describe('parsePolicy', () => {
  it('reads back what JSON carried', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
      }),
    );
  });

  it.each([
    [null, "'policy' (null) must be an object"],
    [
      { kind: 'valve' },
      '\'kind\' ("valve") must be one of latch, proportional, drain, flow, constant, schedule',
    ],
    [{ ...latch({ replicas: 25, startWhen }), oldest: 1 }, "'oldest' is not known here"],
    [{ kind: 'latch' }, "'behavior' (undefined) must be an object"],
    [
      { kind: 'schedule', policy: { kind: 'schedule' } },
      '\'policy.kind\' ("schedule") must be one of latch, proportional, drain',
    ],
  ])('refuses %j', (data, fault) => {
    expect(faultsOf(() => parsePolicy(data)).join('\n')).toContain(fault);
  });

  it('answers any JSON with a policy or a PolicyError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        expect(faultsOf(() => parsePolicy(data))).not.toEqual([]);
      }),
    );
  });
});
