import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileHpa,
  compileKeda,
  decide,
  drain,
  emptyHistory,
  FaultsError,
  latch,
  parsePolicy,
  parseScalerConfig,
  proportional,
  refusals,
  schedule,
  simulate,
} from '../index.ts';
import { policies } from '../testing/arbitraries.ts';
import { asked, scraped, target } from '../testing/workloads.ts';

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
  }
  return [];
}

const startWhen = { readyAtLeast: 100 };
const latched = (props: object) => faultsOf(() => latch({ replicas: 25, startWhen, ...props }));

describe('a number that no cluster and no timer takes', () => {
  it.each([
    [{ replicas: 3e9 }, "'replicas' (3000000000) must be an integer of at most 2147483647"],
    [{ replicas: 2 ** 31 }, "'replicas' (2147483648) must be an integer of at most 2147483647"],
    [{ staleAfterSeconds: 3e6 }, "'staleAfterSeconds' (3000000) must be a finite number of at most 2147483"],
    [
      { startWhen: { ...startWhen, oldestWaitSeconds: 1e300 } },
      "'startWhen.oldestWaitSeconds' (1e+300) must be a finite number of at most 2147483",
    ],
  ])('is refused: %j', (props, fault) => {
    expect(latched(props)).toContain(fault);
  });

  it('is refused of every kind of policy', () => {
    const slo = { sloSeconds: 1e9, meanServiceSeconds: 1e9, podStartSeconds: 1e8, maxReplicas: 5 };
    expect(faultsOf(() => drain(slo))).toHaveLength(3);
    const rate = { scaleUp: { policies: [{ type: 'Pods' as const, value: 3e9, periodSeconds: 15 }] } };
    expect(faultsOf(() => proportional({ perReplica: 1e10, maxReplicas: 5, behavior: rate }))).toHaveLength(
      2,
    );
  });

  it("is refused in the scaler's file", () => {
    const process = { kind: 'process', command: ['node'], env: {}, graceSeconds: 1e7 };
    const workload = {
      name: 'jobs',
      source: asked,
      target: process,
      policy: latch({ replicas: 25, startWhen }),
    };
    expect(faultsOf(() => parseScalerConfig({ pollSeconds: 1e-9, workloads: [workload] }))).toEqual([
      "'pollSeconds' (1e-9) must be at least 0.01",
      "'workloads[0].target.graceSeconds' (10000000) must be a finite number of at most 2147483",
    ]);
  });

  it('never becomes a count that is none', () => {
    const policy = proportional({ perReplica: 5e-324, maxReplicas: 25 });
    const reading = { ready: 1e9, unacked: 0, at: 0 };
    expect(decide(policy, { reading, current: 0, history: emptyHistory, now: 0 })).toMatchObject({
      replicas: 25,
    });
  });

  it('is refused by a simulation, which would hold that many', () => {
    const timing = {
      ...{
        pollSeconds: 5,
        scrapeDelaySeconds: 0,
        podStartSeconds: 3,
        gracefulStopSeconds: 0,
        killsAfterGrace: true,
      },
      service: { distribution: 'constant' as const, meanSeconds: 10 },
    };
    const arrivals = { kind: 'bursts' as const, jobs: 1e12, everySeconds: 60 };
    const policy = proportional({ perReplica: 10, maxReplicas: 2e9 });
    expect(
      faultsOf(() => simulate({ policy, arrivals, timing, startAt: 1e17, initialReplicas: 1e9 })),
    ).toEqual([
      "'policy.maxReplicas' (2000000000) must be at most 100000: a simulation holds every replica",
      "'startAt' (100000000000000000) must be an integer of at most 253370764800000",
      "'initialReplicas' (1000000000) must be an integer of at most 100000",
      "'arrivals.jobs' (1000000000000) must be an integer of at least 0 of at most 20000000",
    ]);
  });
});

describe('a name that Kubernetes does not take', () => {
  const policy = proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 25 });

  it.each(['Jobs_A', 'a b', '-jobs', 'jobs.', 'j'.repeat(64), 'jöbs', 'a..b'])(
    '%s is refused before a manifest',
    (name) => {
      const fault = `'name' ("${name}") must be a DNS-1123 label: at most 63 of a-z, 0-9 and -, a letter or digit at each end`;
      expect(faultsOf(() => compileHpa({ name, source: scraped, target, policy }))).toEqual([fault]);
      const keda = { pollSeconds: 5, credentials: 'broker' };
      expect(faultsOf(() => compileKeda({ name, source: asked, target, policy }, keda))).toEqual([fault]);
      expect(
        faultsOf(() =>
          parseScalerConfig({ pollSeconds: 5, workloads: [{ name, source: asked, target, policy }] }),
        ),
      ).toEqual([fault.replace("'name'", "'workloads[0].name'")]);
    },
  );

  it.each([
    { namespace: 'a.b' },
    { namespace: 'n'.repeat(64) },
    { name: 'a..b' },
    { name: 'a.-b' },
    { name: `${'n'.repeat(64)}.a` },
  ])('%j is refused of a target', (part) => {
    const workload = { name: 'jobs', source: asked, target: { ...target, ...part }, policy };
    expect(faultsOf(() => parseScalerConfig({ pollSeconds: 5, workloads: [workload] }))).toHaveLength(1);
  });

  it('is refused of a Secret of KEDA', () => {
    const cluster = { pollSeconds: 3e9, credentials: 'The Secret' };
    expect(faultsOf(() => compileKeda({ name: 'jobs', source: asked, target, policy }, cluster))).toEqual([
      '\'credentials\' ("The Secret") must be a Kubernetes name: a-z, 0-9, - and .',
      "'pollSeconds' (3000000000) must be an integer of at least 1 and at most 3600",
    ]);
  });
});

describe('a cron expression that is none of 5 fields', () => {
  const plan = (start: string) =>
    faultsOf(() =>
      schedule({
        policy: proportional({ perReplica: 10, maxReplicas: 25 }),
        timeZone: 'UTC',
        windows: [{ start, end: '0 18 * * *', minReplicas: 5 }],
      }),
    );

  it.each([
    '@daily',
    '2026-01-01T00:00:00',
    '0 0 8 * * *',
    '',
    ' ',
    '8 * * *',
    '١ 8 * * *',
    `${'1,'.repeat(300)}1 * * * *`,
  ])('%#: is refused', (start) => expect(plan(start)).toHaveLength(1));

  it('answers any text with a fault or a schedule, at once', () => {
    const field = fc.stringMatching(/^[0-9*/,\-?LW#+A-Za-z]{0,8}$/);
    const text = fc.oneof(
      fc.string({ maxLength: 5000 }),
      fc.tuple(field, field, field, field, field).map((f) => f.join(' ')),
    );
    fc.assert(
      fc.property(text, (start) => {
        const begin = performance.now();
        plan(start);
        expect(performance.now() - begin).toBeLessThan(1000);
      }),
    );
  });
});

it('a ready policy keeps its bounds through JSON, with any number in any place', () => {
  const numbers = fc.constantFrom(
    -1,
    0,
    0.5,
    1e-320,
    2 ** 31,
    2 ** 53,
    1e21,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  );
  fc.assert(
    fc.property(policies, numbers, fc.nat(), fc.nat(1e6), (policy, number, place, ready) => {
      let seen = 0;
      const total = JSON.stringify(policy).match(/:-?[0-9.]+/g)?.length ?? 1;
      const data = JSON.parse(JSON.stringify(policy), (_, value) =>
        typeof value === 'number' && seen++ === place % total ? number : value,
      );
      let parsed: ReturnType<typeof parsePolicy>;
      try {
        parsed = parsePolicy(data);
      } catch (error) {
        if (error instanceof FaultsError) return;
        throw error;
      }
      const now = 1_700_000_000_000;
      const { replicas, message } = decide(parsed, {
        reading: { ready, unacked: 0, at: now },
        current: 1,
        history: emptyHistory,
        now,
      });
      expect(Number.isInteger(replicas) && replicas >= 0 && replicas < 2 ** 31).toBe(true);
      expect(message).not.toMatch(/NaN|Infinity/);
    }),
  );
});

it('a number of messages a replica that an HPA cannot hold is refused', () => {
  const policy = drain({ minReplicas: 1, sloSeconds: 2e6, meanServiceSeconds: 1e-300, maxReplicas: 5 });
  expect(refusals(compileHpa({ name: 'jobs', source: scraped, target, policy }).fidelity)).toEqual([
    expect.stringContaining('more than an HPA can count'),
  ]);
});
