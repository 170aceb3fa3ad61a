import { describe, expect, it } from 'vitest';
import { configMap, rows } from './testing/corpus/actors.ts';
import { compareYaml } from './testing.ts';

describe('a label or an annotation that a controller acts on', () => {
  it.each(rows)('%s: comes', (_, without, having, comes, does) => {
    const { worst, changes } = compareYaml(without, having);
    expect([worst, changes.flatMap(({ reasons }) => reasons).join('; ')]).toEqual([
      comes,
      expect.stringMatching(does),
    ]);
  });

  it.each(rows)('%s: goes', (_, without, having, __, ___, goes, undoes) => {
    const { worst, changes, broken } = compareYaml(having, without);
    expect([worst, changes.flatMap(({ reasons }) => reasons).join('; ')]).toEqual([
      goes,
      expect.stringMatching(undoes),
    ]);
    expect(broken.length > 0).toBe(goes === 'broken');
  });

  it('is distinguished from one that no known controller acts on', () => {
    expect(compareYaml(configMap('team: a'), configMap('team: b')).worst).toBe('metadata');
  });
});
