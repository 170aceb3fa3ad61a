import fc from 'fast-check';
import {
  type BasePolicy,
  type Behavior,
  type ConstantPolicy,
  constant,
  type DrainPolicy,
  drain,
  type FlowPolicy,
  flow,
  type LatchPolicy,
  latch,
  type Policy,
  type ProportionalPolicy,
  proportional,
  type Reading,
  type ScalingRules,
  schedule,
} from '../index.ts';
import type { Polled } from './follow.ts';

/** At least one Pods policy, so that 'Max' can leave 0; 'Min' gets nothing else. */
const rules: fc.Arbitrary<ScalingRules> = fc
  .record({
    stabilizationWindowSeconds: fc.constantFrom(0, 0, 10, 60, 300),
    pods: fc.array(
      fc.record({
        type: fc.constant('Pods' as const),
        value: fc.integer({ min: 1, max: 20 }),
        periodSeconds: fc.constantFrom(5, 15, 60),
      }),
      { maxLength: 2 },
    ),
    percent: fc.boolean(),
    selectPolicy: fc.constantFrom('Max' as const, 'Min' as const),
  })
  .map(({ pods, percent, ...rest }) => ({
    ...rest,
    policies:
      percent && pods.length > 0 && rest.selectPolicy === 'Max'
        ? [...pods, { type: 'Percent' as const, value: 50, periodSeconds: 15 }]
        : pods,
  }));

export const behaviors: fc.Arbitrary<Behavior> = fc.record({ scaleUp: rules, scaleDown: rules });

const bounds = fc
  .tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 40 }))
  .map(([minReplicas, more]) => ({ minReplicas, maxReplicas: minReplicas + more }));

const mark = fc.integer({ min: 1, max: 200 });

const starts = fc
  .tuple(fc.boolean(), mark, fc.option(fc.constantFrom(10, 60), { nil: undefined }))
  .map(([atLeast, level, oldest]) => ({
    ...(atLeast ? { readyAtLeast: level } : { readyAbove: level }),
    ...(oldest === undefined ? {} : { oldestWaitSeconds: oldest }),
  }));

export const latches = (behavior: fc.Arbitrary<Behavior> = behaviors): fc.Arbitrary<LatchPolicy> =>
  fc
    .tuple(bounds, starts, fc.constantFrom('drained' as const, 'ready-empty' as const), behavior)
    .map(([{ minReplicas, maxReplicas }, startWhen, stopWhen, rates]) =>
      latch({ minReplicas, replicas: maxReplicas, startWhen, stopWhen, behavior: rates }),
    );

export const proportionals: fc.Arbitrary<ProportionalPolicy> = fc
  .tuple(bounds, fc.integer({ min: 1, max: 50 }), behaviors)
  .map(([range, perReplica, behavior]) => proportional({ ...range, perReplica, behavior }));

export const drains: fc.Arbitrary<DrainPolicy> = fc
  .tuple(bounds, fc.integer({ min: 20, max: 600 }), fc.double({ min: 0.1, max: 20, noNaN: true }), behaviors)
  .map(([range, sloSeconds, meanServiceSeconds, behavior]) =>
    drain({ ...range, sloSeconds, meanServiceSeconds, podStartSeconds: 10, behavior }),
  );

/** Those that measure: a rate, a service time or both. */
export const flows: fc.Arbitrary<FlowPolicy> = fc
  .tuple(
    bounds,
    fc.integer({ min: 1, max: 300 }),
    fc.constantFrom(0.5, 0.8, 1),
    fc.option(fc.double({ min: 0.1, max: 20, noNaN: true }), { nil: undefined }),
    behaviors,
  )
  .map(([range, targetWaitSeconds, targetUtilization, mean, behavior]) =>
    flow({
      ...{ ...range, targetWaitSeconds, targetUtilization, podStartSeconds: 10, behavior },
      ...(mean !== undefined && { meanServiceSeconds: mean }),
    }),
  );

export const measuredDrains: fc.Arbitrary<DrainPolicy> = fc
  .tuple(
    bounds,
    fc.integer({ min: 20, max: 600 }),
    fc.constantFrom('wait' as const, 'completion' as const),
    behaviors,
  )
  .map(([range, sloSeconds, sloOf, behavior]) =>
    drain({ ...range, sloSeconds, sloOf, podStartSeconds: 10, behavior }),
  );

export const constants: fc.Arbitrary<ConstantPolicy> = fc
  .tuple(bounds, behaviors)
  .map(([{ minReplicas, maxReplicas }, behavior]) =>
    constant({ replicas: minReplicas, maxReplicas, behavior }),
  );

const followers = fc.oneof(latches(), proportionals, drains, flows, measuredDrains);

/** Those whose next count depends on the queue alone, or on the count itself. */
export const unmeasured: fc.Arbitrary<BasePolicy> = fc.oneof(latches(), proportionals, drains);

export const basePolicies: fc.Arbitrary<BasePolicy> = fc.oneof(followers, constants);

const schedulesOf = (base: fc.Arbitrary<BasePolicy>) =>
  fc.tuple(base, fc.integer({ min: 1, max: 11 })).map(([policy, floor]) =>
    schedule({
      policy,
      timeZone: 'Europe/Berlin',
      windows: [
        { start: '*/7 * * * *', end: '3-59/7 * * * *', minReplicas: Math.min(floor, policy.maxReplicas) },
      ],
    }),
  );

const scheduledOrNot = (base: fc.Arbitrary<BasePolicy>): fc.Arbitrary<Policy> =>
  fc.oneof({ weight: 4, arbitrary: base }, { weight: 1, arbitrary: schedulesOf(base) });

export const policies = scheduledOrNot(basePolicies);

/** Those that follow a backlog. */
export const backlogPolicies = scheduledOrNot(followers);

/** Those that follow the time alone. */
export const clockPolicies = scheduledOrNot(constants);

/** A reading that decides nothing, seen at `now`: every way to fail. */
export const badReadings = (now: number): fc.Arbitrary<Reading> => {
  const good = { ready: 0, unacked: 0, at: now };
  const broken = fc.constantFrom(Number.NaN, -1, -0.5, 1.5, Number.POSITIVE_INFINITY, Number.MAX_VALUE);
  return fc.oneof(
    fc.string().map((missing) => ({ missing })),
    broken.map((ready) => ({ ...good, ready })),
    broken.map((unacked) => ({ ...good, unacked })),
    fc
      .constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY)
      .map((age) => ({ ...good, oldestWaitSeconds: age })),
    fc.integer({ min: 60_001, max: 1e9 }).map((age) => ({ ...good, at: now - age })),
    fc.integer({ min: 5001, max: 1e9 }).map((ahead) => ({ ...good, at: now + ahead })),
    fc.constant({ ...good, at: Number.NaN }),
  );
};

/** Quiet and busy, and now and then no reading. */
const levels = fc.oneof(
  { weight: 3, arbitrary: fc.constant([0, 0] as const) },
  { weight: 5, arbitrary: fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 40 })) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** What the broker has counted by then, if what is in work at a poll is done by the next. */
function withTotals(backlogs: readonly (readonly [number, number] | undefined)[]) {
  let [acknowledgedTotal, work, inWork] = [0, 0, 0];
  return backlogs.map((backlog) => {
    if (backlog === undefined) return undefined;
    const [ready, unacked] = backlog;
    acknowledgedTotal += Math.max(inWork, work - ready - unacked);
    [work, inWork] = [ready + unacked, unacked];
    return { ready, unacked, acknowledgedTotal, publishedTotal: acknowledgedTotal + work };
  });
}

export const lives: fc.Arbitrary<Polled[]> = fc
  .array(levels, { minLength: 1, maxLength: 120 })
  .map((backlogs) =>
    withTotals(backlogs).map((backlog, poll) => {
      const now = 1_700_000_000_000 + poll * 5000;
      return { now, reading: backlog === undefined ? { missing: 'timeout' } : { ...backlog, at: now } };
    }),
  );
