import { emptyHistory, type History } from '@sluice/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHistories, encodeHistories, HISTORY_LIMIT_BYTES } from './kube-lease.ts';

const instant = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 });
const amount = fc.double({ min: 0, max: 1e5, noNaN: true }).map((value) => Number(value.toPrecision(6)));
const measures = fc.record({
  ...{
    at: instant,
    since: instant,
    publishedTotal: fc.nat(),
    acknowledgedTotal: fc.nat(),
    unacked: fc.nat(),
  },
  ...{ arrivalsPerSecond: amount, serviceSeconds: amount, workSeconds: amount, jobs: amount },
});
const history: fc.Arbitrary<History> = fc.record(
  {
    since: instant,
    drainedAt: instant,
    waitingSince: instant,
    openTo: fc.nat(1000),
    measures,
    recommendations: fc.array(fc.record({ at: instant, replicas: fc.nat(1000) })),
    changes: fc.array(fc.record({ at: instant, by: fc.integer({ min: -1000, max: 1000 }) })),
  },
  { requiredKeys: ['recommendations', 'changes'] },
);
const histories = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), history), {
  selector: ([name]) => name,
});

describe('histories in an annotation', () => {
  it('come back as they were when their writer ended in order', () => {
    fc.assert(
      fc.property(histories, (entries) => {
        fc.pre(entries.every(([name]) => name !== '__proto__'));
        const original = new Map(entries);
        expect(decodeHistories(encodeHistories(original), true)).toEqual(original);
      }),
    );
  });

  it('lose what a vanished writer may not have stored: since when changes are complete, and a first empty reading', () => {
    const whole: History = { ...emptyHistory, since: 1000, drainedAt: 2000, waitingSince: 1500 };
    const found = decodeHistories(encodeHistories(new Map([['jobs', whole]])), false);
    expect(found.get('jobs')).toEqual({ ...emptyHistory, waitingSince: 1500 });
  });

  it.each([
    undefined,
    '',
    'x',
    '{}',
    '{"v":2,"base":0,"workloads":{}}',
    '{"v":1,"base":0,"workloads":{"a":[1]}}',
  ])('are none in %j', (text) => expect(decodeHistories(text, true)).toEqual(new Map()));

  it('stay within 128 KiB by leaving out the longest', () => {
    const samples = Array.from({ length: 200 }, (_, at) => ({ at, replicas: 1 }));
    const long: History = { ...emptyHistory, since: 1, recommendations: samples };
    const short: History = { ...emptyHistory, since: 1 };
    const many = new Map<string, History>(Array.from({ length: 300 }, (_, i) => [`long-${i}`, long]));
    for (let i = 0; i < 1000; i += 1) many.set(`short-${i}`, short);
    const text = encodeHistories(many);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(HISTORY_LIMIT_BYTES);
    const kept = [...decodeHistories(text, true).keys()];
    expect(kept.filter((name) => name.startsWith('short'))).toHaveLength(1000);
    expect(kept.length).toBeGreaterThan(1020);
  });

  it('counts bytes, not characters', () => {
    const names = Array.from({ length: 100 }, (_, i): [string, History] => [
      `${'ü'.repeat(50)}${i}`,
      emptyHistory,
    ]);
    expect(Buffer.byteLength(encodeHistories(new Map(names), 2000))).toBeLessThanOrEqual(2000);
  });
});
