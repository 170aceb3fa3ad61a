import { describe, expect, it } from 'vitest';
import { textReport } from './report.ts';
import { reported } from './testing/corpus.ts';
import { compareFiles, type Texts } from './testing.ts';

const filesOf = (texts: Texts): Readonly<Record<string, string>> =>
  typeof texts === 'string' ? { 'local/shop/all.yaml': texts } : texts;

/** The rank and the report, or how diff refuses to compare. */
function outcomeOf(base: Texts, head: Texts): { readonly rank: unknown; readonly report: string } {
  try {
    const difference = compareFiles(filesOf(base), filesOf(head));
    return { rank: difference.worst, report: textReport(difference) };
  } catch (error) {
    return { rank: 'refused', report: String(error) };
  }
}

describe('a change that people report', () => {
  it.each(reported)('%s', (_, base, head, rank, word) => {
    const outcome = outcomeOf(base, head);
    expect(outcome.report).toMatch(word);
    expect(outcome.rank).toBe(rank);
  });
});
