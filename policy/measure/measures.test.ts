import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Backlog, drain, flow, type Measures, measured } from '../index.ts';

const policy = flow({ targetWaitSeconds: 60, maxReplicas: 25 });
const start = 1_700_000_000_000;

interface Load {
  readonly seconds: number;
  readonly perSecond: number;
  readonly serviceSeconds: number;
  /** @default 5 */
  readonly everySeconds?: number;
}

/** A broker that is read again and again: so many messages a second, each served at once. */
class Broker {
  at = start;
  published = 0;
  acknowledged = 0;
  unacked = 0;
  known: Measures | undefined = measured(policy, undefined, this.reading());

  reading(): Backlog {
    const { at, published: publishedTotal, acknowledged: acknowledgedTotal, unacked } = this;
    return { ready: 0, unacked, publishedTotal, acknowledgedTotal, at };
  }

  run({ seconds, perSecond, serviceSeconds, everySeconds = 5 }: Load): Measures {
    for (let passed = 0; passed < seconds; passed += everySeconds) {
      this.at += everySeconds * 1000;
      this.published += perSecond * everySeconds;
      this.unacked = perSecond * serviceSeconds;
      this.acknowledged = Math.max(this.acknowledged, this.published - this.unacked);
      this.known = measured(policy, this.known, this.reading());
    }
    if (this.known === undefined) throw new Error('nothing was measured');
    return this.known;
  }
}

describe('what is measured of a steady load', () => {
  it.each([
    [0.5, 5],
    [2, 10],
    [40, 0.25],
    [0.1, 60],
  ])('%d messages a second of %d s are found', (perSecond, serviceSeconds) => {
    const { arrivalsPerSecond, serviceSeconds: told } = new Broker().run({
      seconds: 900,
      perSecond,
      serviceSeconds,
    });
    expect(arrivalsPerSecond / perSecond).toBeCloseTo(1, 1);
    expect(told / serviceSeconds).toBeGreaterThan(0.9);
    expect(told / serviceSeconds).toBeLessThan(1.1);
  });

  it('is the same whether the broker is read twice a second or every 5 s', () => {
    const load = { seconds: 600, perSecond: 2, serviceSeconds: 3 };
    const often = new Broker().run({ ...load, everySeconds: 0.5 });
    const seldom = new Broker().run(load);
    expect(often.arrivalsPerSecond).toBeCloseTo(seldom.arrivalsPerSecond, 2);
    expect(often.serviceSeconds).toBeCloseTo(seldom.serviceSeconds, 1);
  });

  it('follows a step of the service time from 1 s to 10 s and back within a minute and a half', () => {
    const broker = new Broker();
    expect(broker.run({ seconds: 300, perSecond: 2, serviceSeconds: 1 }).serviceSeconds).toBeCloseTo(1, 0);
    expect(broker.run({ seconds: 90, perSecond: 2, serviceSeconds: 10 }).serviceSeconds).toBeGreaterThan(8);
    broker.run({ seconds: 300, perSecond: 2, serviceSeconds: 10 });
    expect(broker.run({ seconds: 90, perSecond: 2, serviceSeconds: 1 }).serviceSeconds).toBeLessThan(1.5);
  });

  it('of an idle queue keeps the service time and forgets the rate', () => {
    const broker = new Broker();
    const { serviceSeconds } = broker.run({ seconds: 300, perSecond: 2, serviceSeconds: 5 });
    broker.run({ seconds: 60, perSecond: 0, serviceSeconds: 0 });
    const idle = broker.run({ seconds: 36_000, perSecond: 0, serviceSeconds: 0 });
    expect(idle.arrivalsPerSecond).toBeLessThan(1e-6);
    expect(idle.serviceSeconds).toBeGreaterThan(serviceSeconds * 0.5);
  });

  it('of a job longer than the memory grows while it runs, and stays in bounds', () => {
    const broker = new Broker();
    broker.unacked = 1;
    broker.published = 1;
    for (let passed = 0; passed < 3600; passed += 5) {
      broker.at += 5000;
      broker.known = measured(policy, broker.known, broker.reading());
    }
    // 3 jobs of 10 s are what it begins with: (30 s + 3600 s) / 3
    expect(broker.known?.serviceSeconds).toBeCloseTo(1210, -1);
    broker.acknowledged = 1;
    broker.unacked = 0;
    broker.at += 5000;
    expect(measured(policy, broker.known, broker.reading())?.serviceSeconds).toBeLessThan(1000);
  });
});

describe('what is measured stays', () => {
  it('where totals restart, and goes on from there', () => {
    const broker = new Broker();
    const before = broker.run({ seconds: 600, perSecond: 2, serviceSeconds: 5 });
    [broker.published, broker.acknowledged] = [10, 0];
    broker.at += 5000;
    const after = measured(policy, broker.known, broker.reading());
    expect(after).toMatchObject({
      arrivalsPerSecond: before.arrivalsPerSecond,
      serviceSeconds: before.serviceSeconds,
    });
    broker.known = after;
    expect(broker.run({ seconds: 60, perSecond: 2, serviceSeconds: 5 }).arrivalsPerSecond).toBeCloseTo(2, 0);
  });

  it('where a source reports no totals, or nothing new', () => {
    const broker = new Broker();
    const before = broker.run({ seconds: 60, perSecond: 2, serviceSeconds: 5 });
    const { publishedTotal: _, ...untold } = broker.reading();
    expect(measured(policy, before, { ...untold, at: broker.at + 5000 })).toBe(before);
    expect(measured(policy, before, broker.reading())).toBe(before);
    expect(measured(policy, before, { ...broker.reading(), at: broker.at - 60_000 })).toBe(before);
    expect(measured(policy, undefined, untold)).toBeUndefined();
  });

  it('of work across a gap, while the rate is that of the gap', () => {
    const broker = new Broker();
    const before = broker.run({ seconds: 300, perSecond: 2, serviceSeconds: 5 });
    broker.at += 600_000;
    broker.published += 600;
    broker.acknowledged += 600;
    const after = measured(policy, before, broker.reading());
    expect(after?.serviceSeconds).toBe(before.serviceSeconds);
    expect(after?.arrivalsPerSecond).toBeCloseTo(1, 1);
  });
});

describe('a measure begins with', () => {
  const first = (given: Parameters<typeof measured>[0]) =>
    measured(given, undefined, { ready: 0, unacked: 0, publishedTotal: 0, acknowledgedTotal: 0, at: start });

  it('10 s a job, or what the policy says', () => {
    expect(first(policy)?.serviceSeconds).toBe(10);
    const said = drain({ sloSeconds: 60, initialServiceSeconds: 3, maxReplicas: 5 });
    expect(first(said)?.serviceSeconds).toBe(3);
  });
});

it('no total, however absurd, more than doubles a rate in 15 s or leaves the numbers', () => {
  const total = fc.oneof(fc.nat(), fc.constantFrom(0, 1e6, 1e15, 2 ** 53, 1e300));
  const readings = fc.array(fc.tuple(total, total, fc.nat(1000), fc.integer({ min: 1, max: 300 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(readings, (given) => {
      let at = start;
      let known: Measures | undefined;
      for (const [publishedTotal, acknowledgedTotal, unacked, seconds] of given) {
        at += seconds * 1000;
        const next = measured(policy, known, { ready: 0, unacked, publishedTotal, acknowledgedTotal, at });
        const { arrivalsPerSecond, serviceSeconds } = next ?? {};
        expect(Number.isFinite(arrivalsPerSecond) && Number.isFinite(serviceSeconds)).toBe(true);
        expect(serviceSeconds).toBeGreaterThanOrEqual(0.001);
        if (known !== undefined) {
          const most = Math.max(
            known.arrivalsPerSecond * 2 ** ((at - known.at) / 15_000),
            (unacked + 1) / 60,
          );
          expect(arrivalsPerSecond).toBeLessThanOrEqual(most * (1 + 1e-9));
        }
        known = next;
      }
    }),
  );
});
