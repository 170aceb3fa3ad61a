import { describe, expect, it } from 'vitest';
import { compareYaml } from '../testing.ts';
import { type BreakRow, documents } from './chains.ts';

/** The change and what it breaks, as a report says it. */
export function broken(base: readonly string[], from: string | RegExp, to: string) {
  const text = documents(...base);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`the base does not say ${from}`);
  const there = compareYaml(text, changed);
  const back = compareYaml(changed, text);
  return { there, back, said: there.broken.map(({ path, why }) => `${path.join(' -> ')} ${why}`) };
}

/** Each row both ways: the change breaks what held, and its reversal breaks nothing. */
export function describeBreaks(title: string, rows: readonly BreakRow[]): void {
  describe(title, () => {
    it.each(rows)('%s: is named, and ranked above all but data loss', (_, base, from, to, named) => {
      const { there, said } = broken(base, from, to);
      expect(said.join('\n')).toMatch(named);
      expect(['broken', 'data-loss']).toContain(there.worst);
      expect(there.changes.map(({ rank }) => rank)).toContain(there.worst);
    });

    it.each(rows)('%s: is nothing where it is repaired', (_, base, from, to) => {
      expect(broken(base, from, to).back.broken.map(({ why }) => why)).toEqual([]);
    });
  });
}
