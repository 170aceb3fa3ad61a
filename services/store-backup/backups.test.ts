import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupName, instantOfName, outdated } from './backups.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-30T01:15:00Z');
const daysAgo = (days: number): string => backupName('redis.rdb', NOW - days * DAY_MS);

describe('the name of a backup', () => {
  it('is its instant and the endings of the dump', () => {
    expect(backupName('/backup/redis.rdb', NOW)).toBe('2026-11-30T01-15-00Z.rdb');
    expect(backupName('/backup/mongodb.archive.gz', NOW)).toBe('2026-11-30T01-15-00Z.archive.gz');
  });

  it('gives its instant back, to the second, and sorts as time passes', () => {
    const instant = fc.integer({ min: 0, max: Date.parse('9999-01-01T00:00:00Z') });
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        const [first, second] = [one, other].map((at) => backupName('redis.rdb', at));
        expect(instantOfName(first ?? '')).toBe(Math.floor(one / 1000) * 1000);
        if (Math.abs(one - other) >= 1000) expect((first ?? '') < (second ?? '')).toBe(one < other);
      }),
    );
  });

  it.each(['', 'notes.txt', '2026-11-30.rdb', '2026-13-30T01-15-00Z.rdb'])("'%s' is that of none", (name) => {
    expect(instantOfName(name)).toBeUndefined();
  });
});

describe('what is removed', () => {
  it('is older than it is kept, and is a backup', () => {
    const names = ['notes.txt', daysAgo(0), daysAgo(29), daysAgo(31), daysAgo(400)];
    expect(outdated(names, 30, NOW)).toEqual([daysAgo(400), daysAgo(31)]);
  });

  it('is never the newest backup, however old it is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 4000 }), { minLength: 1 }), (days) => {
        const removed = outdated(days.map(daysAgo), 7, NOW);
        expect(removed).not.toContain(daysAgo(Math.min(...days)));
        expect(removed).toHaveLength(days.filter((one) => one > 7 && one !== Math.min(...days)).length);
      }),
    );
  });
});
