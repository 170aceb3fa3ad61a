import { describe, expect, it } from 'vitest';
import { textReport } from '../report-text.ts';
import { compareYaml } from '../testing.ts';
import { type BreakRow, documents } from './chains.ts';

/** What the sections of a report say. */
export function opened(base: readonly string[], from: string | RegExp, to: string) {
  const text = documents(...base);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`the base does not say ${from}`);
  return { there: compareYaml(text, changed), back: compareYaml(changed, text) };
}

/** Each row both ways: the change opens something, and its reversal nothing. */
export function describeOpenings(title: string, rows: readonly BreakRow[]): void {
  describe(title, () => {
    it.each(rows)('%s: is named, and ranked', (_, base, from, to, named) => {
      const { there } = opened(base, from, to);
      expect(there.exposures.map(({ who }) => who).join('\n')).toMatch(named);
      expect(
        there.changes.some(({ rank }) => !['no-op', 'metadata', 'config', 'scaling'].includes(rank)),
      ).toBe(true);
      expect(textReport(there)).toContain('Who can reach or do more\n');
    });

    it.each(rows)('%s: is nothing the other way round', (_, base, from, to) => {
      expect(opened(base, from, to).back.exposures.map(({ who }) => who)).toEqual([]);
    });
  });
}
